package check

import "realname/internal/review"

var numberExamples = []example{
	yes("NUM-01", "number_length", "17 characters", number(creditCode[:17])),
	no("NUM-01", "number_length", "18 characters", nothing),
	yes("NUM-02", "number_charset", "O in a credit code", number("9144O300MA5EXAMP0C")),
	no("NUM-02", "number_charset", "0 in a credit code", nothing),
	yesID("NUM-02", "number_charset", "x for X", number(residentNo[:17]+"x")),
	{"NUM-02", "number_charset", "a card without a public form", change(officer(), number("ab123")), false},
	yes("NUM-03", "number_space", "a space", number("91440300 MA5EXAMP0C")),
	yes("NUM-03", "number_space", "a zero-width space at the end", number(creditCode+"\u200b")),
	no("NUM-03", "number_space", "none", nothing),
	yes("NUM-04", "number_fullwidth", "full-width digits", number("９１"+creditCode[2:])),
	no("NUM-04", "number_fullwidth", "half-width", nothing),
	yes("NUM-05", "number_check_digit", "8 for B and the like", number("91440300MA5EXAMPDC")),
	no("NUM-05", "number_check_digit", "valid", nothing),
	yes("NUM-05", "number_organisation_code", "outer digit right, inner wrong", number(innerWrong)),
	no("NUM-05", "number_organisation_code", "both right", nothing),
	yes("NUM-06", "number_region", "no such region", number(noRegion)),
	no("NUM-06", "number_region", "100000 is the state itself", number(otherCode)),
	yesID("NUM-06", "number_province", "no province begins with 99", number("990105194912310023")),
	noID("NUM-06", "number_province", "11 is Beijing", nothing),
	yes("NUM-06", "number_department", "C is no department that is known", number(noDepartment)),
	no("NUM-06", "number_department", "9 is the market regulator", nothing),
	{"NUM-06", "number_series", "no series that is known", change(passport(), number("Q12345678")), true},
	{"NUM-06", "number_series", "E", change(passport(), number("E12345678")), false},
	yesID("NUM-07", "number_birth_date", "30 February", number("110105199002300024")),
	yesID("NUM-07", "number_birth_date", "in the future", number(futureBirth)),
	noID("NUM-07", "number_birth_date", "a day that was", nothing),
	yes("NUM-08", "number_is_serial", "the serial number of the paper", both(number("440300201912345"),
		both(contradictNumber(creditCode), reading(func(r *review.Reading) { r.SerialNumber = "440300201912345" })))),
	no("NUM-08", "number_is_serial", "another number", contradictNumber(otherCode)),
	yes("NUM-09", "number_copy_mark", "(1-1)", number(creditCode+"(1-1)")),
	no("NUM-09", "number_copy_mark", "none", nothing),
	yes("NUM-10", "number_differs", "another valid code on the picture", contradictNumber(otherCode)),
	no("NUM-10", "number_differs", "unreadable is no evidence", unread),
	yes("NUM-11", "number_15_digit", "old registration number", number("440301100000016")),
	yesID("NUM-11", "number_15_digit", "old resident number", number("110105491231002")),
	noID("NUM-11", "number_15_digit", "18 digits", nothing),
}

var nameExamples = []example{
	yes("NAM-01", "name_space", "a space", name("样本市 示例科技有限公司")),
	yes("NAM-01", "name_space", "a full-width space", name("样本市\u3000示例科技有限公司")),
	{"NAM-01", "name_space", "Latin names have spaces", change(passport(), name("ANNA SAMPLE")), false},
	yes("NAM-01", "name_hidden", "a zero-width joiner", name("样本市\u200d示例科技有限公司")),
	no("NAM-01", "name_hidden", "none", nothing),
	yes("NAM-02", "name_bracket", "full-width", name("样本（北京）科技有限公司")),
	no("NAM-02", "name_bracket", "half-width", name("样本(北京)科技有限公司")),
	yes("NAM-03", "name_differs", "another name on the picture", contradictName("样本市另外一家贸易行")),
	no("NAM-03", "name_differs", "bracket width alone", both(name("样本(北京)公司"), contradictName("样本（北京）公司"))),
	no("NAM-03", "name_differs", "unreadable is no evidence", unread),
	yes("NAM-04", "name_similar_char", "末 for 未", both(name("末来样本公司"), contradictName("未来样本公司"))),
	no("NAM-04", "name_similar_char", "equal", nothing),
	yes("NAM-04", "name_same_sound", "鑫 for 新", both(name("鑫样本公司"), contradictName("新样本公司"))),
	no("NAM-04", "name_same_sound", "another character", both(name("龟样本公司"), contradictName("新样本公司"))),
	yes("NAM-04", "name_trad_simp", "樣 for 样", both(name("樣本公司"), contradictName("样本公司"))),
	no("NAM-04", "name_trad_simp", "equal", nothing),
	yes("NAM-05", "name_abbreviated", "有限 dropped", both(name("样本市示例科技公司"), contradictName(orgName))),
	no("NAM-05", "name_abbreviated", "more than the document", both(name(orgName+"分公司"), contradictName(orgName))),
	yes("NAM-06", "name_is_legal_person", "as read on the licence", both(name("样本甲"), both(contradictName(orgName), reading(func(r *review.Reading) { r.LegalPerson = "样本甲" })))),
	no("NAM-06", "name_is_legal_person", "another person", both(name("样本乙"), both(contradictName(orgName), reading(func(r *review.Reading) { r.LegalPerson = "样本甲" })))),
	{"NAM-06", "name_is_legal_person", "as declared, no picture sent", alone(declared(func(d *review.Declared) { d.Name, d.LegalPerson = "样本甲", "样本甲" })), true},
	no("NAM-06", "name_is_legal_person", "as declared, but the document says so too", both(name("样本甲"), declared(func(d *review.Declared) { d.LegalPerson = "样本甲" }))),
	yes("NAM-03", "name_differs", "whatever a supplement says", both(supplemented, contradictName("样本市另外一家贸易行"))),
	yes("NUM-10", "number_differs", "whatever a supplement says", both(supplemented, contradictNumber(otherCode))),
	no("NAM-03", "name_differs", "another name on a supplement", func(f *review.Facts) {
		supplemented(f)
		f.Documents[1].Reading.Name = review.FieldReading{Verdict: review.Contradicted, Read: "样本市另外一家贸易行"}
	}),
	yes("NAM-07", "name_no_chinese", "Latin on a licence", name("Sample Limited")),
	{"NAM-07", "name_no_chinese", "Latin in a passport", change(passport(), name("ANNA SAMPLE")), false},
	yesID("NAM-08", "name_rare_char", "a private character", name("样本\ue000")),
	yesID("NAM-08", "name_rare_char", "an ideograph of extension B", name("样本\U00020bb7")),
	noID("NAM-08", "name_rare_char", "ordinary characters", nothing),
	yesID("NAM-08", "name_middle_dot", "a bullet for the middle dot", name("样本•甲")),
	yesID("NAM-08", "name_middle_dot", "the Japanese middle dot", name("样本・甲")),
	noID("NAM-08", "name_middle_dot", "the middle dot of ID cards", name("样本·甲")),
	yes("HIS-02", "inconsistent_set", "the number came with another name", func(f *review.Facts) { f.History.OtherNames = 1 }),
	no("HIS-02", "inconsistent_set", "never", nothing),
}

var dateExamples = []example{
	yes("EXP-01", "expired", "yesterday", expires(22)),
	no("EXP-01", "expired", "valid through today", expires(23)),
	yes("EXP-01", "expired_by_reading", "read, not declared: a person looks", readExpiry(day(2024, 5, 8))),
	no("EXP-01", "expired", "read, not declared", readExpiry(day(2024, 5, 8))),
	yes("EXP-01", "expired_by_reading", "read as expired, declared as long-term", reading(func(r *review.Reading) { r.LongTerm, r.Expires = false, day(2024, 5, 8) })),
	yes("EXP-01", "expired_by_reading", "read as expired, declared as valid", both(expires(400), reading(func(r *review.Reading) { r.Expires = day(2024, 5, 8) }))),
	no("EXP-01", "expired_by_reading", "valid through today by both", both(expires(23), reading(func(r *review.Reading) { r.Expires = day(2026, 11, 23) }))),
	yes("EXP-02", "near_expiry", "30 days left", expires(23+30)),
	no("EXP-02", "near_expiry", "31 days left", expires(23+31)),
	no("EXP-02", "near_expiry", "长期", nothing),
	yes("EXP-03", "not_yet_valid", "issued tomorrow", issued(day(2026, 11, 24))),
	yes("EXP-03", "not_yet_valid", "a kind that never expires", both(lawFirm, issued(day(2026, 11, 24)))),
	yes("EXP-03", "not_yet_valid", "the whole month lies ahead", issued(review.Date{Year: 2026, Month: 12})),
	no("EXP-03", "not_yet_valid", "read, not declared, is a misreading", both(issued(review.Date{}), reading(func(r *review.Reading) { r.Issued = day(2062, 3, 1) }))),
	yes("AGE-02", "issue_date_unknown", "a misreading says nothing", both(issued(review.Date{}), reading(func(r *review.Reading) { r.Issued = day(2062, 3, 1) }))),
	no("AGE-02", "issue_date_not_shown", "what an undecodable picture shows is unknown", both(issued(review.Date{}), undecodable(review.FileTruncated, "jpeg"))),
	no("EXP-03", "not_yet_valid", "issued today", issued(day(2026, 11, 23))),
	yes("AGE-01", "too_new", "nine days", issued(day(2026, 11, 14))),
	no("AGE-01", "too_new", "ten days", issued(day(2026, 11, 13))),
	yes("AGE-02", "issue_date_unknown", "neither declared nor read, though the side was sent", issued(review.Date{})),
	yes("AGE-02", "issue_date_unread", "neither declared nor read, established long ago", both(issued(review.Date{}), reading(func(r *review.Reading) { r.Established = day(2026, 9, 23) }))),
	yes("AGE-02", "issue_date_unknown", "established two months ago", both(issued(review.Date{}), reading(func(r *review.Reading) { r.Established = day(2026, 9, 24) }))),
	no("AGE-02", "issue_date_unknown", "declared", issued(day(2020, 1, 1))),
	yes("AGE-02", "issue_date_unknown", "this month, day unread", both(issued(review.Date{}), reading(func(r *review.Reading) { r.Issued = review.Date{Year: 2026, Month: 11} }))),
	no("AGE-02", "issue_date_unknown", "an old month is enough", both(issued(review.Date{}), reading(func(r *review.Reading) { r.Issued = review.Date{Year: 2026, Month: 10} }))),
	yesID("AGE-02", "issue_date_not_shown", "portrait side alone", nothing),
	noID("AGE-02", "issue_date_not_shown", "declared", declared(func(d *review.Declared) { d.IssueDate = day(2020, 1, 1) })),
	yes("AGE-03", "date_clash", "another day on the document", reading(func(r *review.Reading) { r.Issued = day(2021, 3, 1) })),
	yes("AGE-03", "date_clash", "issued before it was established", both(issued(day(2018, 1, 1)), reading(func(r *review.Reading) { r.Established = day(2019, 5, 1) }))),
	no("AGE-03", "date_clash", "the same month, day undeclared", declaredMonth(day(2026, 10, 5))),
	yes("AGE-03", "date_clash", "another month, day undeclared", declaredMonth(day(2026, 9, 30))),
	no("AGE-02", "issue_date_unknown", "a read day completes the declared month", declaredMonth(day(2026, 11, 5))),
	yes("AGE-01", "too_new", "a read day completes the declared month", declaredMonth(day(2026, 11, 20))),
	no("AGE-03", "date_clash", "the same month, day unread", reading(func(r *review.Reading) { r.Issued = review.Date{Year: 2020, Month: 3} })),
	yes("HIS-01", "repeated_failures", "the third in a row with a format fault", func(f *review.Facts) {
		f.History.FailedInRow = 2
		f.Documents[0].File.Size = 1
	}),
	no("HIS-01", "repeated_failures", "the second in a row", func(f *review.Facts) {
		f.History.FailedInRow = 1
		f.Documents[0].File.Size = 1
	}),
	no("HIS-01", "repeated_failures", "the third, for a reason that the checklist lacks", func(f *review.Facts) {
		f.History.FailedInRow = 2
		contradictName("样本市另外一家贸易行")(f)
	}),
}

// alone are facts of declared data without images.
func alone(e edit) review.Facts {
	return change(licence(), func(f *review.Facts) { f.Images, f.Documents = false, nil; e(f) })
}

// supplemented adds a supplement that confirms everything.
func supplemented(f *review.Facts) {
	d := f.Documents[0]
	r := *d.Reading
	d.Role, d.Reading = review.Supplement, &r
	f.Documents = append(f.Documents, d)
}

func lawFirm(f *review.Facts) {
	f.Declared.CredentialType, f.Documents[0].Reading.Type = "LSZY", "LSZY"
}

// declaredMonth declares the read date's month, or October 2026 when that is
// before it, without a day.
func declaredMonth(read review.Date) edit {
	return func(f *review.Facts) {
		f.Declared.IssueDate = review.Date{Year: 2026, Month: max(read.Month, 10)}
		f.Documents[0].Reading.Issued = read
	}
}

func officer() review.Facts {
	f := idCard()
	f.Declared.CredentialType, f.Documents[0].Reading.Type = "JGZ", "JGZ"
	return f
}

// readExpiry lets the document print an expiry that was not declared.
func readExpiry(d review.Date) edit {
	return func(f *review.Facts) {
		f.Declared.LongTerm = false
		f.Documents[0].Reading.LongTerm, f.Documents[0].Reading.Expires = false, d
	}
}

// expires sets the expiry so many days after the last day of October 2026.
func expires(days int) edit {
	return func(f *review.Facts) {
		f.Declared.LongTerm, f.Documents[0].Reading.LongTerm = false, false
		f.Declared.ExpiryDate = day(2026, 10, 31).AddDays(days)
	}
}

func passport() review.Facts {
	f := idCard()
	f.Declared.CredentialType, f.Declared.Number, f.Declared.Country = "HZ", "E12345678", "CN"
	f.Documents[0].Role = review.DataPage
	f.Documents[0].Reading.Type = "HZ"
	return f
}
