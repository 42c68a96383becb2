package engine_test

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/engine/enginetest"
)

// A fake is a library that the tests make right and wrong.
type fake struct {
	load func(*rsa.PrivateKey) error
	run  func(*engine.Operation)
	sent atomic.Int64 // operations
	most atomic.Int64 // operations of one batch
}

func (*fake) Version() string { return "fake 1" }

func (*fake) Batch() int { return 3 }

func (f *fake) Load(key *rsa.PrivateKey) (any, error) {
	if f.load != nil {
		return nil, f.load(key)
	}
	return nil, nil
}

func (f *fake) Run(batch []*engine.Operation) {
	f.sent.Add(int64(len(batch)))
	f.most.Store(max(f.most.Load(), int64(len(batch))))
	for _, op := range batch {
		f.run(op)
	}
}

// right is what a library should do.
func right(op *engine.Operation) {
	result, err := goKey(op.Key.PrivateKey).DecryptRaw(op.Ciphertext)
	if err != nil {
		panic(err)
	}
	copy(op.Result, result)
}

var goKeys sync.Map // *engine.Key by *big.Int, the modulus

func goKey(private *rsa.PrivateKey) *engine.Key {
	if key, ok := goKeys.Load(private.N); ok {
		return key.(*engine.Key)
	}
	e, _ := engine.Choose(engine.Go)
	key, err := e.Ready(private)
	if err != nil {
		panic(err)
	}
	goKeys.Store(private.N, key)
	return key
}

// The engines of the tests, of which auto has to take second.
var (
	fakes = map[string]*fake{"second": {run: right}, "third": {run: right}}
	_     = register("first", 9, nil)
	_     = register("second", 5, fakes["second"])
	_     = register("third", 1, fakes["third"])
)

var opened atomic.Int64

func register(name string, rank int, library *fake) bool {
	engine.Register(name, rank, func() (engine.Library, error) {
		opened.Add(1)
		if library == nil {
			return nil, errors.New("libfirst.so is not there")
		}
		return library, nil
	})
	return true
}

func TestChoose(t *testing.T) {
	for _, test := range []struct{ name, want, trouble string }{
		{engine.Auto, "second", ""},
		{engine.Go, engine.Go, ""},
		{"second", "second", ""},
		{"third", "third", ""},
		{"first", engine.Go, "the engine first cannot be used: libfirst.so is not there"},
		{"fourth", engine.Go, `there is no engine "fourth" in this binary`},
	} {
		e, err := engine.Choose(test.name)
		if e.Name() != test.want {
			t.Errorf("%s: got %s, want %s", test.name, e.Name(), test.want)
		}
		if (err == nil) != (test.trouble == "") || err != nil && err.Error() != test.trouble {
			t.Errorf("%s: the trouble is %v, want %q", test.name, err, test.trouble)
		}
		if again, _ := engine.Choose(test.name); again != e {
			t.Errorf("%s: another engine the second time", test.name)
		}
	}
	if n := opened.Load(); n != 3 {
		t.Errorf("libraries were opened %d times, want once each", n)
	}
	if got, want := engine.Names(), []string{"auto", "go", "first", "second", "third"}; !slices.Equal(got, want) {
		t.Errorf("the names are %v, want %v", got, want)
	}
}

func TestRegisterRefusesANameThatIsTaken(t *testing.T) {
	for _, name := range []string{engine.Auto, engine.Go, "second"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was registered again", name)
				}
			}()
			register(name, 1, nil)
		}()
	}
}

func TestLibrary(t *testing.T) {
	e, _ := engine.Choose("second")
	enginetest.Run(t, e)
	if most := fakes["second"].most.Load(); most != 3 {
		t.Errorf("up to %d operations were given at once, want as many as the library says, 3", most)
	}
}

// with has the second library err for one test.
func with(t *testing.T, load func(*rsa.PrivateKey) error, run func(*engine.Operation)) (*engine.Engine, *fake) {
	t.Helper()
	library := fakes["second"]
	library.load, library.run = load, run
	library.sent.Store(0)
	t.Cleanup(func() { library.load, library.run = nil, right })
	e, _ := engine.Choose("second")
	return e, library
}

// TestResultsAreConfirmed: what a library gets wrong nobody sees.
func TestResultsAreConfirmed(t *testing.T) {
	for name, spoil := range map[string]func(*engine.Operation){
		"a bit":               func(op *engine.Operation) { op.Result[7] ^= 1 },
		"more than n":         func(op *engine.Operation) { copy(op.Result, bytes.Repeat([]byte{0xff}, len(op.Result))) },
		"nothing done":        func(op *engine.Operation) { clear(op.Result) },
		"the ciphertext":      func(op *engine.Operation) { copy(op.Result, op.Ciphertext) },
		"right modulo p only": func(op *engine.Operation) { addPrime(op) },
	} {
		t.Run(name, func(t *testing.T) {
			e, library := with(t, nil, right)
			key, err := e.Ready(enginetest.Keys()["2048"])
			if err != nil || key.Trouble() != nil {
				t.Fatal(err, key.Trouble())
			}
			library.run = func(op *engine.Operation) {
				if right(op); op.Ciphertext[9] == 'w' {
					spoil(op)
				}
			}
			wrong, sound := make([]byte, 256), make([]byte, 256)
			wrong[9], sound[9] = 'w', 's'
			batch := []*engine.Operation{
				{Key: key, Ciphertext: sound, Result: make([]byte, 256)},
				{Key: key, Ciphertext: wrong, Result: make([]byte, 256)},
			}
			e.Do(batch)
			if batch[0].Err != nil {
				t.Errorf("the other operation of the batch: %v", batch[0].Err)
			}
			if !errors.Is(batch[1].Err, engine.ErrUnconfirmed) || !bytes.Equal(batch[1].Result, make([]byte, 256)) {
				t.Errorf("the error is %v, want ErrUnconfirmed, and no result", batch[1].Err)
			}
			if result, err := key.DecryptRaw(wrong); result != nil || !errors.Is(err, engine.ErrUnconfirmed) {
				t.Errorf("DecryptRaw: the error is %v, want ErrUnconfirmed", err)
			}
		})
	}
}

// addPrime is the fault that gives a key away: the greatest common divisor of
// the modulus and of the difference between this result and the right one is a
// prime of the key.
func addPrime(op *engine.Operation) {
	prime := op.Key.Primes[0].FillBytes(make([]byte, len(op.Result)))
	carry := 0
	for i := len(prime) - 1; i >= 0; i-- {
		sum := int(op.Result[i]) + int(prime[i]) + carry
		op.Result[i], carry = byte(sum), sum>>8
	}
}

func TestConfirmationByTheLibrary(t *testing.T) {
	e, library := with(t, nil, right)
	key, err := e.Ready(enginetest.Keys()["2048"])
	if err != nil {
		t.Fatal(err)
	}
	library.run = func(op *engine.Operation) { op.Result[0], op.Confirmed = 7, true }
	if result, err := key.DecryptRaw(make([]byte, 256)); err != nil || result[0] != 7 {
		t.Errorf("the library has confirmed its result, and yet the error is %v", err)
	}
}

// TestKeysThatALibraryDoesNotServe: Go does, beside those that it serves.
func TestKeysThatALibraryDoesNotServe(t *testing.T) {
	small := func(key *rsa.PrivateKey) bool { return key.N.BitLen() == 2048 }
	for name, test := range map[string]struct {
		load    func(*rsa.PrivateKey) error
		run     func(*engine.Operation)
		trouble string
	}{
		"not taken": {load: func(key *rsa.PrivateKey) error {
			if small(key) {
				return errors.New("no room")
			}
			return nil
		}, run: right, trouble: "fake 1 does not take a key: no room"},
		"wrong when tried": {run: func(op *engine.Operation) {
			if right(op); small(op.Key.PrivateKey) {
				op.Result[0]++
			}
		}, trouble: "fake 1 is tried with a key: " + engine.ErrUnconfirmed.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			e, library := with(t, test.load, test.run)
			served, err := e.Ready(enginetest.Keys()["3072"])
			if err != nil || served.Trouble() != nil {
				t.Fatal(err, served.Trouble())
			}
			refused, err := e.Ready(enginetest.Keys()["2048"])
			if err != nil || refused.Trouble() == nil || !strings.Contains(refused.Trouble().Error(), test.trouble) {
				t.Fatalf("got %v, want trouble: %s", err, test.trouble)
			}
			library.sent.Store(0)
			batch := []*engine.Operation{
				{Key: refused, Ciphertext: make([]byte, 256), Result: make([]byte, 256)},
				{Key: served, Ciphertext: make([]byte, 384), Result: make([]byte, 384)},
			}
			e.Do(batch)
			if batch[0].Err != nil || batch[1].Err != nil || library.sent.Load() != 1 {
				t.Errorf("%v, %v, and %d operations by the library, want no errors and 1", batch[0].Err, batch[1].Err, library.sent.Load())
			}
		})
	}
}

// TestReadyLeavesTheKeyAlone: it may be in use elsewhere, and may lack what
// crypto/rsa can compute beforehand.
func TestReadyLeavesTheKeyAlone(t *testing.T) {
	sound := enginetest.Keys()["2048"]
	bare := &rsa.PrivateKey{PublicKey: sound.PublicKey, D: sound.D, Primes: sound.Primes}
	ciphertext := bytes.Repeat([]byte{1}, 256)
	e, _ := engine.Choose(engine.Go)
	key, err := e.Ready(bare)
	if err != nil {
		t.Fatal(err)
	}
	result, err := key.DecryptRaw(ciphertext)
	if err != nil || bare.Precomputed.Dp != nil {
		t.Errorf("the key was changed, or cannot be used (%v)", err)
	}
	if want, _ := goKey(sound).DecryptRaw(ciphertext); !bytes.Equal(result, want) {
		t.Error("the wrong result")
	}
}
