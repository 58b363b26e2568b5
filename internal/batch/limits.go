package batch

// Limits bound a batch. Each is checked before the memory it guards is used.
type Limits struct {
	Members     int   // files in the archive
	MemberBytes int64 // of one image
	TotalBytes  int64 // of all members unpacked
	Ratio       int64 // of unpacked to packed size of one member
	ManifestRow int   // bytes of one line or row
	Rows        int
	NameBytes   int // of a member's name
}

// DefaultLimits allow 20,000 rows and 8 GB of images.
var DefaultLimits = Limits{
	Members: 60_000, MemberBytes: 20 << 20, TotalBytes: 9 << 30, Ratio: 200,
	ManifestRow: 64 << 10, Rows: 20_000, NameBytes: 512,
}
