package dynamostore

import (
	"fmt"
	"reflect"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Attributes are the names of a job's attributes in the table.
type Attributes struct {
	ID              string // S, the key
	Status          string // S
	Input           string // whatever attributevalue makes of it
	Output          string // likewise
	Error           string // S
	Progress        string // N, percent
	ProgressMessage string // S
	Metadata        string // M
	Attempt         string // N
	MaxAttempts     string // N
	Owner           string // S
	LeaseUntil      string // N, milliseconds since 1970
	CreatedAt       string // S, ISO 8601 in UTC with milliseconds
	UpdatedAt       string // S, likewise
	ExpiresAt       string // N, seconds since 1970: the TTL attribute
}

// Options are the optional settings of a [Store].
type Options struct {
	// Attributes holds the default names; change the ones that differ.
	Attributes Attributes

	// MaxAttempts is the default of a job that does not say.
	MaxAttempts int

	// Now is the clock. Default [time.Now].
	Now func() time.Time
}

func options(opts []func(*Options)) (Options, error) {
	o := Options{
		Attributes: Attributes{
			ID: "id", Status: "status", Input: "input", Output: "output", Error: "error",
			Progress: "progress", ProgressMessage: "progressMessage", Metadata: "metadata",
			Attempt: "attempt", MaxAttempts: "maxAttempts", Owner: "owner", LeaseUntil: "leaseUntil",
			CreatedAt: "createdAt", UpdatedAt: "updatedAt", ExpiresAt: "expiresAt",
		},
		MaxAttempts: jobstore.DefaultMaxAttempts,
		Now:         time.Now,
	}
	for _, opt := range opts {
		opt(&o)
	}
	if o.MaxAttempts < 1 {
		return o, fmt.Errorf("dynamostore: MaxAttempts is %d, want at least 1", o.MaxAttempts)
	}
	if o.Now == nil {
		return o, fmt.Errorf("dynamostore: Now is nil")
	}
	return o, o.Attributes.validate()
}

// validate refuses an attribute without a name, and two with one name.
func (a Attributes) validate() error {
	taken := map[string]string{}
	v := reflect.ValueOf(a)
	for i := range v.NumField() {
		field, name := v.Type().Field(i).Name, v.Field(i).String()
		if name == "" {
			return fmt.Errorf("dynamostore: Attributes.%s is empty", field)
		}
		if other, ok := taken[name]; ok {
			return fmt.Errorf("dynamostore: Attributes.%s and Attributes.%s are both %q", other, field, name)
		}
		taken[name] = field
	}
	return nil
}
