package keyuse

import (
	"maps"
	"testing"
	"time"
)

func TestOpened(t *testing.T) {
	first, second := time.Unix(1000, 0), time.Unix(2000, 0)
	if got := Of("unused"); !got.Last.IsZero() || len(got.ByPlatform) != 0 {
		t.Errorf("one that nobody has used has %+v", got)
	}
	Opened("kid", Platform("IOS"), first)
	Opened("kid", Platform("IOS"), first)
	Opened("kid", Platform("fridge"), second)
	Opened("another", Platform(""), first)
	got := Of("kid")
	if want := map[string]int{"ios": 2, "other": 1}; !maps.Equal(got.ByPlatform, want) || !got.Last.Equal(second) {
		t.Errorf("the use is %+v, want %v, last at %s", got, want, second)
	}
	got.ByPlatform["ios"] = 99
	if Of("kid").ByPlatform["ios"] != 2 {
		t.Error("who asks can change it")
	}
}
