package avjson

// SkipSpace returns the position of the next byte that is not white space.
func SkipSpace(data []byte, pos int) int {
	for pos < len(data) && (data[pos] == ' ' || data[pos] == '\n' || data[pos] == '\t' || data[pos] == '\r') {
		pos++
	}
	return pos
}

// skipString returns the position behind the string that starts at pos.
func skipString(data []byte, pos int) int {
	for {
		if pos = quoteFrom(data, pos+1); pos < 0 {
			return -1
		}
		if data[pos-1] != '\\' || !escaped(data, pos) {
			return pos + 1
		}
	}
}

// escaped reports whether an odd number of backslashes precedes pos.
func escaped(data []byte, pos int) bool {
	n := 0
	for data[pos-1-n] == '\\' {
		n++ // the opening quotation mark ends it
	}
	return n%2 == 1
}

// SkipValue returns the position behind the value at pos.
func SkipValue(data []byte, pos int) int {
	if pos >= len(data) {
		return -1
	}
	switch data[pos] {
	case '"':
		return skipString(data, pos)
	case '{', '[':
		return skipNested(data, pos)
	}
	return skipLiteral(data, pos)
}

// skipNested skips an object or an array.
func skipNested(data []byte, pos int) int {
	for depth := 0; pos < len(data); pos++ {
		switch data[pos] {
		case '"':
			if pos = skipString(data, pos) - 1; pos < 0 {
				return -1
			}
			if tagFollows(data, pos) {
				pos += len(`:{"S":`)
				depth++
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return pos + 1
			}
		}
	}
	return -1
}

// tagFollows reports whether the quotation mark at pos ends the name of an attribute
// that is a string, as Lambda writes it: ":{"S":" with any letter for S. Most
// attributes are strings. Without this, BenchmarkDispatch takes 10 % longer where one
// record in ten is pending.
func tagFollows(data []byte, pos int) bool {
	if pos+8 > len(data) {
		return false
	}
	const letter = 0xff << 32
	word := wordAt(data, pos)
	return word&^letter == beforeString&^letter && word&letter != '\\'<<32
}

var beforeString = wordAt([]byte(`":{"S":"`), 0)

// skipLiteral skips a number, true, false or null.
func skipLiteral(data []byte, pos int) int {
	start := pos
	for pos < len(data) && !delimits[data[pos]] {
		pos++
	}
	if pos == start {
		return -1
	}
	return pos
}

var delimits = [256]bool{',': true, ':': true, '{': true, '}': true, '[': true, ']': true, '"': true, ' ': true, '\t': true, '\n': true, '\r': true}

// Members calls each for every member of the object at pos, with the inside of its quoted
// name and the position of its value. each returns the position behind the value, or -1
// to stop. Members returns the position behind the object.
func Members(data []byte, pos int, each func(name []byte, value int) int) int {
	for pos = openBracket(data, pos, '{'); pos >= 0; {
		if data[pos] == '}' {
			return pos + 1
		}
		name, value := member(data, pos)
		if value < 0 {
			return -1
		}
		if pos = each(name, value); pos >= 0 {
			pos = next(data, pos, '}')
		}
	}
	return -1
}

// Elements calls each with the position of every element of the array at pos. each
// returns the position behind the element, or -1 to stop. Elements returns the position
// behind the array.
func Elements(data []byte, pos int, each func(pos int) int) int {
	for pos = openBracket(data, pos, '['); pos >= 0; {
		if data[pos] == ']' {
			return pos + 1
		}
		if pos = each(pos); pos >= 0 {
			pos = next(data, pos, ']')
		}
	}
	return -1
}

// openBracket returns the position of the first byte in the brackets.
func openBracket(data []byte, pos int, bracket byte) int {
	if pos >= len(data) || data[pos] != bracket {
		return -1
	}
	if pos = SkipSpace(data, pos+1); pos >= len(data) {
		return -1
	}
	return pos
}

// member reads a name and the colon behind it.
func member(data []byte, pos int) (name []byte, value int) {
	if data[pos] != '"' {
		return nil, -1
	}
	end := skipString(data, pos)
	if end < 0 {
		return nil, -1
	}
	name = data[pos+1 : end-1]
	if end = SkipSpace(data, end); end >= len(data) || data[end] != ':' {
		return nil, -1
	}
	return name, SkipSpace(data, end+1)
}

// next returns the position behind the comma at pos, or that of the closing bracket.
func next(data []byte, pos int, bracket byte) int {
	pos = SkipSpace(data, pos)
	if pos >= len(data) || data[pos] != ',' && data[pos] != bracket {
		return -1
	}
	if data[pos] == bracket {
		return pos
	}
	if pos = SkipSpace(data, pos+1); pos >= len(data) || data[pos] == bracket {
		return -1
	}
	return pos
}
