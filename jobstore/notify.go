package jobstore

// Notifier is a [JobStore] that says when a job has changed, so that a watcher need not
// read it again and again.
type Notifier interface {
	// Notify has the store send to changed after each change of a job, until stop is
	// called. changed holds one value: of several changes that were not received the
	// receiver sees one, and reads the job then. The store does not wait for it. Whether
	// there is such a job does not matter, and neither does calling stop again.
	//
	// A notification may be lost, and so may be the end of a job by its ExpiresAt: read the
	// job now and then all the same.
	Notify(id string) (changed <-chan struct{}, stop func())
}
