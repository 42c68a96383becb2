package command

import (
	"testing"

	"github.com/customergate/customergate/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }
