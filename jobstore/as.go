package jobstore

import "fmt"

// As finds an optional interface T, such as [Sweeper] or [Canceler], of a store
// that may be wrapped. It returns the first of store, store.Unwrap() and so on that
// implements T. A wrapper is a store with the method
//
//	Unwrap() JobStore[In, Out]
//
// As [http.ResponseController] does, it looks at the outermost first, so a wrapper
// can implement T itself. It panics when a wrapper is its own Unwrap.
//
// What a wrapper does not implement goes by it to the store inside. So one that hides jobs or
// changes their IDs, such as for a tenant, implements Create and Get, which both return
// jobs that exist, and the optional interfaces that its users need, and has no Unwrap.
// The others are then unsupported. It embeds a JobStore, and no type that has more methods.
func As[T, In, Out any](store JobStore[In, Out]) (T, bool) {
	for range maxWrappers {
		if t, ok := store.(T); ok {
			return t, true
		}
		w, ok := store.(interface{ Unwrap() JobStore[In, Out] })
		if !ok {
			return *new(T), false
		}
		store = w.Unwrap()
	}
	panic(fmt.Sprintf("jobstore: As: the Unwrap of %T leads in a circle", store))
}

// maxWrappers is more than any store has.
const maxWrappers = 1000
