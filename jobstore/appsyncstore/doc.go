// Package appsyncstore keeps jobs behind an AppSync API.
package appsyncstore
