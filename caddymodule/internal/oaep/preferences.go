package oaep

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// preferences remembers which MGF1 variant the clients of a tenant and
// platform last succeeded with, so that an honest client costs one private
// operation.
//
// It is a table of fixed size, so no client can make it grow. Two tenants that
// share a row share the preference, which at worst costs a second operation.
type preferences struct {
	seed maphash.Seed
	rows [preferenceRows][platforms]atomic.Uint32 // a Variant
}

const preferenceRows = 4096 // 64 KiB

// The platforms told apart: those that the contract's section 1 has seen.
const (
	platformIOS = iota
	platformAndroid
	platformWeb
	platformOther
	platforms
)

func newPreferences() *preferences { return &preferences{seed: maphash.MakeSeed()} }

// of returns the preference, VariantNone when there is none yet.
func (p *preferences) of(tenant, platform string) Variant {
	return Variant(p.cell(tenant, platform).Load())
}

// set records a success.
func (p *preferences) set(tenant, platform string, variant Variant) {
	cell := p.cell(tenant, platform)
	if cell.Load() != uint32(variant) { // writing what is there would only slow the other cores' reads
		cell.Store(uint32(variant))
	}
}

func (p *preferences) cell(tenant, platform string) *atomic.Uint32 {
	row := maphash.String(p.seed, tenant) % preferenceRows
	return &p.rows[row][platformOf(platform)]
}

func platformOf(devicePlatform string) int {
	switch strings.ToUpper(devicePlatform) {
	case "IOS":
		return platformIOS
	case "ANDROID":
		return platformAndroid
	case "WEB":
		return platformWeb
	default:
		return platformOther
	}
}
