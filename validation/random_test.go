package validation_test

import "math/rand/v2"

// randomText returns n characters that no rule of passwords objects to, always
// the same ones.
func randomText(n int) string {
	const alphabet = "bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ0123456789!@#$%^&*"
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(b)
}
