package devstack

// Subject is a test subject: what the stand-in answers for one number. Numbers are
// valid and of nobody: persons are born in 1900, organisations are called MA5EXB.
type Subject struct {
	Number string
	Person bool
	About  string // as in docs/testing.md
	Code   string
	Field  string
	Since  string
	// AskAgain is in how many seconds a pending answer is ready.
	AskAgain int
	// Times is how often it answers so before it matches; 0 for ever.
	Times int
	Fault Fault
}

// Subjects are the test subjects, one number for each answer. Every other number
// matches.
var Subjects = []Subject{
	{Number: "11010519000101001X", Person: true, About: "matches", Code: "match"},
	{Number: "110105190001010028", Person: true, About: "the name is another one's", Code: "mismatch", Field: "name"},
	{Number: "110105190001010036", Person: true, About: "there is no record", Code: "none"},
	{Number: "110105190001010044", Person: true, About: "not ready; matches two seconds later", Code: "pending", AskAgain: 2, Times: 1},
	{Number: "110105190001010052", Person: true, About: "not ready; matches two days later", Code: "pending", AskAgain: 172800, Times: 1},
	{Number: "110105190001010060", Person: true, About: "status 503", Fault: FaultDown},
	{Number: "110105190001010079", Person: true, About: "never answers", Fault: FaultSlow},
	{Number: "110105190001010087", Person: true, About: "answers with something that is no answer", Fault: FaultBroken},
	{Number: "110105190001010095", Person: true, About: "breaks the connection", Fault: FaultCut},
	{Number: "110105190001010108", Person: true, About: "status 429, ask again in an hour", Fault: FaultLimited},
	{Number: "110105190001010116", Person: true, About: "there is no record during a household move", Code: "none"},
	{Number: "91440300MA5EXB017B", About: "matches", Code: "match"},
	{Number: "91440300MA5EXB0256", About: "the name is another one's", Code: "mismatch", Field: "name"},
	{Number: "91440300MA5EXB0331", About: "there is no record", Code: "none"},
	{Number: "91440300MA5EXB041U", About: "licence revoked on 1 June 2025", Code: "revoked", Since: "2025-06-01"},
	{Number: "91440300MA5EXB05XK", About: "dissolved on 31 December 2024", Code: "cancelled", Since: "2024-12-31"},
	{Number: "91440300MA5EXB068K", About: "no record yet; matches when asked again", Code: "none", Times: 1},
	{Number: "91440300MA5EXB076E", About: "not ready; matches two seconds later", Code: "pending", AskAgain: 2, Times: 1},
}

func subjectOf(number string) (Subject, bool) {
	for _, s := range Subjects {
		if s.Number == number {
			return s, true
		}
	}
	return Subject{}, false
}

// SubjectNumber is the number of the first subject that is described so.
func SubjectNumber(person bool, about string) string {
	for _, s := range Subjects {
		if s.Person == person && s.About == about {
			return s.Number
		}
	}
	panic("no test subject " + about) // the callers name what stands above
}
