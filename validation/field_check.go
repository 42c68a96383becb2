package validation

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxFields      = 128   // of an endpoint, so that an answer about all of them is not over 64 KiB
	maxFieldName   = 128   // bytes
	maxListLength  = 10000 // elements
	maxFieldsDepth = 8     // of objects in objects; a body may nest 32 levels
)

// CheckValue refuses what a row says of its value where no table could have such a
// row, whatever stands beside it.
func (f Field) CheckValue() error { return f.valueFault() }

// checkFields looks at rows one by one, and for names that are alike.
func checkFields(object jsontext.Pointer, table []Field) error {
	if countFields(table) > maxFields {
		return fmt.Errorf("there are over %d fields", maxFields)
	}
	errs := []error{checkNames(object, table)}
	for _, f := range table {
		errs = append(errs, f.check(object, 0))
	}
	return errors.Join(errs...)
}

func countFields(table []Field) int {
	n := len(table)
	for _, f := range table {
		n += countFields(f.Members)
	}
	return n
}

// checkNames refuses names that some readers would take for one another, and with
// them pointers that are there twice.
func checkNames(object jsontext.Pointer, table []Field) error {
	seen := make(map[string]string, len(table))
	var errs []error
	for _, f := range table {
		folded := foldName(f.Name)
		if other, found := seen[folded]; found {
			reason := errors.New("there are two of this name; keep one")
			if other != f.Name {
				reason = fmt.Errorf("some JSON readers take it for the field %s; give it another name", other)
			}
			errs = append(errs, &FieldError{object.AppendToken(f.Name), reason})
		}
		seen[folded] = f.Name
	}
	return errors.Join(errs...)
}

func (f Field) check(object jsontext.Pointer, depth int) error {
	pointer := object.AppendToken(f.Name)
	if err := f.fault(depth); err != nil {
		return &FieldError{pointer, err}
	}
	if f.Item != nil {
		if err := f.Item.itemFault(); err != nil {
			return &FieldError{pointer, fmt.Errorf("item: %w", err)}
		}
	}
	errs := []error{checkNames(pointer, f.Members)}
	for _, member := range f.Members {
		errs = append(errs, member.check(pointer, depth+1))
	}
	return errors.Join(errs...)
}

// fault is what is wrong with the row itself.
func (f Field) fault(depth int) error {
	switch {
	case !isFieldName(f.Name):
		return fmt.Errorf("a name has 1 to %d bytes, with at least a letter or digit, and none of %s and control characters", maxFieldName, pathSeparators)
	case depth >= maxFieldsDepth:
		return fmt.Errorf("it is nested over %d levels deep", maxFieldsDepth)
	}
	return f.valueFault()
}

// valueFault is what is wrong with what the row says of its value.
func (f Field) valueFault() error {
	_, known := fieldTypes[f.Type]
	address := f.Claimed || f.Account
	switch {
	case !known:
		return fmt.Errorf("type %q is none: want text, flag, number, object, list or barred", string(f.Type))
	case f.Sealed && f.Type != Text:
		return fmt.Errorf("sealed: what is encrypted is a text, and not of the type %s", f.Type)
	case f.Type == Barred && (f.Required || f.RequiredWith != ""):
		return errors.New("required: it is barred, and so never there")
	case len(f.Members) > 0 && f.Type != Object:
		return fmt.Errorf("members are those of an object, not of the type %s", f.Type)
	case (f.Item != nil) != (f.Type == List):
		return errors.New("item: a list needs one, and nothing else has any")
	case f.Unique && f.Type != List:
		return fmt.Errorf("unique is for the elements of a list, not for the type %s", f.Type)
	case len(f.OneOf) > 0 && (f.Type != Text || f.Sealed):
		return errors.New("one_of is for texts that are not sealed")
	case address && (f.Type != Text || f.Sealed || !f.Required):
		return errors.New("claimed and account are for a required text that is not sealed")
	case f.Claimed && f.Account:
		return errors.New("claimed and account: an address is that of a new customer or of an old one; keep one of both")
	}
	return errors.Join(f.boundsFault(), f.oneOfFault(), f.rulesFault(), f.addressFault())
}

// itemFault is what is wrong with the elements of a list.
func (f Field) itemFault() error {
	switch {
	case f.Type != Text && f.Type != Flag && f.Type != Number:
		return fmt.Errorf("type %q: the elements of a list are of the type text, flag or number", string(f.Type))
	case f.Required || f.RequiredWith != "" || f.Sealed || f.Claimed || f.Account:
		return errors.New("an element is neither required, sealed, claimed nor an account")
	}
	return f.valueFault()
}

func (f Field) boundsFault() error {
	b := f.Bounds
	if b == nil {
		return nil
	}
	length := f.Type == Text || f.Type == List
	switch {
	case !length && f.Type != Number:
		return fmt.Errorf("bounds are for texts, numbers and lists, not for the type %s", f.Type)
	case math.IsNaN(b.Min) || math.IsNaN(b.Max) || math.IsInf(b.Min, 0) || math.IsInf(b.Max, 0) || b.Max < b.Min:
		return fmt.Errorf("bounds %v %v: want min <= max", b.Min, b.Max)
	case length && (b.Min < 0 || b.Min != math.Trunc(b.Min) || b.Max != math.Trunc(b.Max) || b.Max < 1):
		return fmt.Errorf("bounds %v %v: a length is a whole number, and the greatest at least 1", b.Min, b.Max)
	case f.Type == List && b.Max > maxListLength:
		return fmt.Errorf("bounds %v %v: a list may have at most %d elements", b.Min, b.Max, maxListLength)
	}
	return nil
}

func (f Field) oneOfFault() error {
	for i, value := range f.OneOf {
		switch {
		case value == "" || hasControl(value):
			return fmt.Errorf("one_of: %q can be no value", value)
		case slices.Contains(f.OneOf[:i], value):
			return fmt.Errorf("one_of: %q is listed twice", value)
		}
	}
	return nil
}

// addressFault wants an address where one is marked.
func (f Field) addressFault() error {
	_, email := f.Rule("email")
	_, plausible := f.Rule("email_plausible")
	switch {
	case f.Claimed && !email:
		return errors.New("claimed: only what the rule email has normalised can be kept unique; add it")
	case f.Account && !email && !plausible:
		return errors.New("account: it needs the rule email or email_plausible")
	}
	return nil
}

// isFieldName reports whether a member of a table can have a name: one that no reader
// takes for a way into another member, or for something else.
func isFieldName(name string) bool {
	return foldName(name) != "" && len(name) <= maxFieldName && !hasControl(name) && !isReserved(name) &&
		!strings.ContainsFunc(name, isSeparator)
}
