// This module has no Go. It keeps the simulator, which only tests use, out of the library's zip.
module github.com/asyncpatterns/asyncpatterns/internal/appsynctest/simulator

go 1.26.0
