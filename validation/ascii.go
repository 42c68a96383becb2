package validation

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isLetter(b byte) bool {
	b |= 0x20
	return 'a' <= b && b <= 'z'
}
