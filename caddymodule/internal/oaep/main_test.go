package oaep

import (
	"testing"

	"github.com/customergate/customergate/internal/cryptomb"
	"github.com/customergate/customergate/internal/leak"
)

func TestMain(m *testing.M) {
	cryptomb.Find()
	leak.Main(m)
}
