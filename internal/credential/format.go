package credential

// Format is the form of a number.
type Format string

// The formats, with their sources.
const (
	USCC               Format = "uscc"                 // unified social credit code, GB 32100-2015
	ResidentID         Format = "resident_id"          // GB 11643-1999
	ResidentID15       Format = "resident_id_15"       // before 1999, no check digit
	Licence15          Format = "licence_15"           // old registration number, GS 15-2006
	OrganisationCode   Format = "organisation_code"    // GB 11714-1997
	HKMacaoPermit      Format = "hk_macao_permit"      // permit of Hong Kong and Macao residents
	TaiwanPermit       Format = "taiwan_permit"        // permit of Taiwan residents
	ResidencePermit    Format = "residence_permit"     // of Hong Kong, Macao and Taiwan residents: 81, 82, 83
	ForeignResident    Format = "foreign_resident"     // permanent resident ID since 2023-12
	ForeignResidentOld Format = "foreign_resident_old" // before
	PassportCN         Format = "passport_cn"
	Passport           Format = "passport" // any state's
	Free               Format = "free"     // no public form
)

// FaultKind says what is wrong with a number.
type FaultKind string

// The kinds of fault.
const (
	FaultLength           FaultKind = "length"
	FaultCharset          FaultKind = "charset"
	FaultCheckDigit       FaultKind = "check_digit"
	FaultRegion           FaultKind = "region"            // no edition of GB/T 2260 has the code; a warning
	FaultProvince         FaultKind = "province"          // the first two digits are no province's, of any time
	FaultBirthDate        FaultKind = "birth_date"        // a day that does not exist
	FaultOrganisationCode FaultKind = "organisation_code" // the code inside a credit code does not check; for a person
	FaultDepartment       FaultKind = "department"        // first character not known; a warning
	FaultSeries           FaultKind = "series"            // passport series not known; a warning
)

// Fault is one thing wrong with a number.
type Fault struct {
	Kind     FaultKind
	Position int    // of the character from 1; 0 for the whole
	Got      string // the character or the count that was found
	Want     string // the character or the count that would be right
}

// scheme is how one format is checked.
type scheme struct {
	lengths  []int
	alphabet func(position int) string // characters allowed at a place, from 1
	check    func(s string) []Fault    // once length and characters are right
	proves   func(b []byte) bool       // what every valid number fulfils, quickly; nil without a check digit
}

// schemes is filled in the files of the formats.
var schemes = map[Format]scheme{
	USCC:               {[]int{18}, usccAlphabet, checkUSCC, provesUSCC},
	ResidentID:         {[]int{18}, idAlphabet, checkResidentID, provesMod11},
	ResidentID15:       {[]int{15}, digitsOnly, checkResidentID15, nil},
	Licence15:          {[]int{15}, digitsOnly, checkLicence15, provesLicence15},
	OrganisationCode:   {[]int{9, 10}, organisationAlphabet, checkOrganisationCode, provesOrganisationCode},
	HKMacaoPermit:      {[]int{9, 11}, hkMacaoAlphabet, nothing, nil},
	TaiwanPermit:       {[]int{8, 10}, digitsOnly, nothing, nil},
	ResidencePermit:    {[]int{18}, idAlphabet, checkResidencePermit, provesMod11},
	ForeignResident:    {[]int{18}, idAlphabet, checkForeignResident, provesMod11},
	ForeignResidentOld: {[]int{15}, foreignOldAlphabet, nothing, nil},
	PassportCN:         {[]int{8, 9}, lettersAndDigits, checkPassportCN, nil},
	Passport:           {lengths(5, 17), lettersAndDigits, nothing, nil},
	Free:               {lengths(1, 64), nil, nothing, nil},
}

const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func digitsOnly(int) string       { return digits }
func lettersAndDigits(int) string { return digits + letters }
func nothing(string) []Fault      { return nil }

func lengths(from, to int) []int {
	var list []int
	for n := from; n <= to; n++ {
		list = append(list, n)
	}
	return list
}
