package numbering

import (
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
)

// plan is what is known of one calling code, with its patterns compiled.
type plan struct {
	trunkPrefix *regexp.Regexp // nil for none
	replacement string         // of the trunk prefix, "" for none
	trunkZero   bool           // whether the prefix can be a zero alone
	regions     []region       // the main one first
}

// region is one of those that share a calling code.
type region struct {
	leadingDigits *regexp.Regexp // nil where the kinds alone tell the region
	localLengths  lengths
	general       pattern
	kinds         []pattern
}

// pattern is one kind of number, such as mobile ones.
type pattern struct {
	lengths lengths
	digits  *regexp.Regexp
}

// lengths has bit n for n digits.
type lengths uint32

func (l lengths) has(n int) bool { return l&(1<<n) != 0 }

// plans are compiled as they are needed: most gateways see numbers of a few countries
// only. The index is the calling code.
var plans [1000]atomic.Pointer[plan]

func planOf(callingCode int) *plan {
	if p := plans[callingCode].Load(); p != nil {
		return p
	}
	p := compile(paragraphs()[callingCode])
	plans[callingCode].Store(p)
	return p
}

func compile(paragraph string) *plan {
	lines := strings.Split(strings.TrimSuffix(paragraph, "\n"), "\n")
	prefix, replacement, _ := strings.Cut(lines[0], "\t")
	p := &plan{trunkPrefix: beginning(prefix), replacement: replacement}
	p.trunkZero = p.trunkPrefix != nil && p.trunkPrefix.FindString("0") == "0"
	for _, line := range lines[1:] {
		if kind, is := strings.CutPrefix(line, "\t"); is {
			p.regions[len(p.regions)-1].add(kind)
			continue
		}
		leading, local, _ := strings.Cut(strings.TrimPrefix(line, "="), "\t")
		p.regions = append(p.regions, region{leadingDigits: beginning(leading), localLengths: parseLengths(local)})
	}
	return p
}

// add compiles a line of the region: the first is that of all its numbers.
func (r *region) add(line string) {
	bits, digits, _ := strings.Cut(line, "\t")
	compiled := pattern{parseLengths(bits), regexp.MustCompile("^(?:" + digits + ")$")}
	if r.general.digits == nil {
		r.general = compiled
		return
	}
	r.kinds = append(r.kinds, compiled)
}

// beginning matches what begins with a pattern; it is nil for none.
func beginning(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	return regexp.MustCompile("^(?:" + pattern + ")")
}

func parseLengths(text string) lengths {
	bits, err := strconv.ParseUint(text, 16, 32)
	if err != nil {
		panic("numbering: plans.txt: " + err.Error())
	}
	return lengths(bits)
}

func (p pattern) matches(national string) bool {
	return p.lengths.has(len(national)) && p.digits.MatchString(national)
}

func (r *region) knows(national string) bool {
	if !r.general.matches(national) {
		return false
	}
	for i := range r.kinds {
		if r.kinds[i].matches(national) {
			return true
		}
	}
	return false
}

// knows reports whether a national number is valid. The first region whose leading
// digits fit is the one that decides.
func (p *plan) knows(national string) bool {
	for i := range p.regions {
		r := &p.regions[i]
		if len(p.regions) > 1 && r.leadingDigits != nil {
			if r.leadingDigits.MatchString(national) {
				return r.knows(national)
			}
		} else if r.knows(national) {
			return true
		}
	}
	return false
}
