package jobstore

// Layout names the attributes by which a job is known in the table of its store, and
// in the table's stream. They are given once, to the store; what reads the table or
// its stream, such as a dispatcher or the filter of an event source mapping, asks the
// store for them.
type Layout struct {
	ID      string // the partition key
	SortKey string // empty in a table without one

	// Partition is the partition key of a table whose sort key is ID, such as a tenant's.
	// The job's ID is then the values of both, "partition:id". Empty in other tables.
	Partition string

	Status string
	Marker Marker

	// How the table spells the statuses; each is empty where it is spelled as the constant.
	Pending, Processing, Complete, Failed string

	// ClaimableFrom is when a job is due, in milliseconds since 1970. A stream skips jobs
	// by it that start later. Empty when the store does not say.
	ClaimableFrom string

	// What a client sees of a job, and its version, see [Job.Version]. Empty when the store
	// does not say.
	Output, Error, Canceled, Progress, ProgressMessage, Caller string
	Attempt, Reports, CreatedAt, UpdatedAt, ExpiresAt          string

	// JSON is true of a table whose Output is what encoding/json makes of it: a document, or
	// its text. That of others is what attributevalue makes of it.
	JSON bool
}

// DefaultLayout has the names that a dynamostore gives its attributes by default.
func DefaultLayout() Layout {
	return Layout{
		ID: "id", Status: "status", ClaimableFrom: "claimableFrom",
		Output: "output", Error: "error", Canceled: "canceled", Progress: "progress", ProgressMessage: "progressMessage", Caller: "caller",
		Attempt: "attempt", Reports: "reports", CreatedAt: "createdAt", UpdatedAt: "updatedAt", ExpiresAt: "expiresAt",
	}
}

// Marker is the string attribute by which a job is told from the other items of a
// table, such as the __typename of Amplify. It is zero in a table of jobs only.
type Marker struct{ Name, Value string }

// Layouter is a [JobStore] that keeps its jobs in a table. Find a wrapped store's with
// [As].
type Layouter interface {
	Layout() Layout
}
