package keys

// DefaultTenant is the tenant of a gateway that serves only one.
const DefaultTenant = "default"

const maxTenantName = 63

// ValidTenant reports whether a name can be a tenant's: 1 to 63 characters of
// a-z, 0-9 and the hyphen. So it can name a file, and does not depend on a file
// system's idea of upper and lower case.
func ValidTenant(name string) bool {
	if name == "" || len(name) > maxTenantName {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
