package languages

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Speaker speaks the languages of a gate. It may be shared.
type Speaker struct {
	tongues []*Tongue // the default first
	matcher language.Matcher
}

// newSpeaker makes a speaker of tongues, of which one is the default.
func newSpeaker(tongues []*Tongue, preferred string) (*Speaker, error) {
	i := slices.IndexFunc(tongues, func(t *Tongue) bool { return t.Tag == preferred })
	if i < 0 {
		return nil, errors.New("default: there is no language " + preferred + "; name one of those that are built in, or of the files")
	}
	s := &Speaker{tongues: slices.Concat(tongues[i:i+1], tongues[:i], tongues[i+1:])}
	tags := make([]language.Tag, len(s.tongues))
	for i, t := range s.tongues {
		tags[i] = language.Make(t.Tag)
	}
	s.matcher = language.NewMatcher(tags)
	return s, nil
}

// The longest Accept-Language that is read: browsers send less than 200 bytes.
const (
	maxHeader = 512 // bytes
	maxRanges = 32
)

// Choose returns the language that an Accept-Language header likes best (RFC 9110,
// section 12.5.4): the default where it likes none, cannot be read or is too long. A
// language that nobody knows is passed over.
func (s *Speaker) Choose(header []string) *Tongue {
	if len(header) == 0 {
		return s.tongues[0]
	}
	wanted := strings.Join(header, ",")
	if len(wanted) > maxHeader || strings.Count(wanted, ",") >= maxRanges {
		return s.tongues[0]
	}
	_, i, confidence := s.matcher.Match(accepted(wanted)...)
	if confidence == language.No {
		return s.tongues[0]
	}
	return s.tongues[i]
}

// accepted are the languages of a header, the best liked first, none where it cannot
// be read.
func accepted(header string) []language.Tag {
	var tags []language.Tag
	var qualities []float32
	for item := range strings.SplitSeq(header, ",") {
		tag, quality, err := language.ParseAcceptLanguage(strings.TrimSpace(item))
		var unknown language.ValueError
		switch {
		case errors.As(err, &unknown):
			continue
		case err != nil:
			return nil
		case len(tag) == 0:
			continue
		}
		at := len(qualities)
		for at > 0 && qualities[at-1] < quality[0] {
			at--
		}
		tags, qualities = slices.Insert(tags, at, tag[0]), slices.Insert(qualities, at, quality[0])
	}
	return tags
}
