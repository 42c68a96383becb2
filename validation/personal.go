package validation

import "github.com/customergate/customergate/validation/strength"

// personal is what a submission says about the customer whose password it holds.
func (s *Submission) personal() strength.Personal {
	return strength.Personal{
		FirstName: s.Text("firstName"),
		LastName:  s.Text("lastName"),
		Email:     s.Text("email"),
		Phone:     s.Text("phone"),
		BirthDate: s.Text("dob"),
	}
}

// PersonalWords calls yield with each word that the password is judged against
// because of who the customer is, once, as [strength.Personal.Words] does. What
// [Submission.CheckSecrets] answers tells something about each of them. It is
// for after [Submission.Check].
func (s *Submission) PersonalWords(yield func(word string) bool) { s.personal().Words(yield) }
