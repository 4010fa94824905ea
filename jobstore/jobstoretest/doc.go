// Package jobstoretest is the suite that every [jobstore.JobStore] passes.
//
//	func TestStore(t *testing.T) {
//		jobstoretest.Run(t, func(t *testing.T, now func() time.Time) jobstore.JobStore[string, string] {
//			return mystore.New(func(o *mystore.Options) { o.Now = now })
//		})
//	}
//
// Each check is a subtest with a fresh store and says which sentence of the
// contract it stands for. The suite needs no IAM actions of its own.
package jobstoretest
