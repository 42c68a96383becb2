package customergate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/internal/conformance"
)

// A threat is a row of threats.md.
type threat struct {
	name string

	// shownBy names the tests and fuzz targets that show what the row requires,
	// and with "make " in front the targets of the Makefile that do.
	shownBy []string
}

var threats = []threat{
	{
		name:    "OAEP oracle (Manger, Marvin)",
		shownBy: []string{"TestDecryptionTellsNothing", "TestWycheproof", "TestWycheproofThroughOpen", "TestOpenFailsAlike"},
	},
	{
		name:    "short, padded, line-broken, URL-alphabet ciphertext",
		shownBy: []string{"TestOpenRefusesMalformedWithoutTheKey", "TestOpenRefusesLineBreaksUpToAnotherLength"},
	},
	{
		name:    "CPU flood: junk ciphertext costs its sender nothing and us 2 private operations",
		shownBy: []string{"TestQueueWithoutWaiting", "TestQueueIsFair", "TestOpenNeverRunsMoreThanAllowed", "TestOpenBoundsTheCostOfJunk", "make bench"},
	},
	{
		name:    "parsers that disagree (duplicate names, `\\u0065mail`, `EMAIL`, `paſſword`, lone surrogates, BOM, trailing bytes, NUL, deep nesting, 1E400, `__proto__`)",
		shownBy: []string{"TestBodiesThatAreNoStrictJSON", "TestJSONTestSuiteRefuses", "TestForwardedBodiesAreReadTheSameEverywhere", "FuzzRead"},
	},
	{
		name:    "mass assignment (`\"role\":\"admin\"`)",
		shownBy: []string{"TestUnknownMembers", "TestManyUnknownMembers", "TestServeAllowFields"},
	},
	{
		name: "request smuggling, desync",
		shownBy: []string{
			"TestAcceptedFramings", "TestRefusedFramings", "TestExpectContinue", "TestPipelining",
			"TestRequestBehindShortLength", "TestHTTP2Frames", "TestHeadAsSent",
		},
	},
	{
		name: "control characters, numbers out of range, names that fold alike, in every corner of the body",
		shownBy: []string{
			"TestControlCharactersInKnownFields", "TestControlCharactersInFreeformValues", "TestControlCharactersInNamesOfUnknownMembers",
			"TestFold", "TestForwardedBodiesAreReadTheSameEverywhere",
		},
	},
	{
		name: "one small body that makes a big answer, or much memory",
		shownBy: []string{
			"TestAnswersAreBounded", "TestHeaderAnswersAreBounded", "TestAnswersToHostileBodiesAreBounded", "TestHostileValuesOfEveryField",
			"TestServeRoomGrowsWithTheBody", "TestServeRoomIsNoMoreThanDeclared",
		},
	},
	{
		name:    "a sender of junk, or a thousand",
		shownBy: []string{"TestQueueIsFair", "TestQueuePutsSendersOfJunkBehind", "TestFlood", "make soak-junk"},
	},
	{
		name:    "guesses about a captured ciphertext, through many persons' data or an idempotency key",
		shownBy: []string{"TestReuseLimitEndsProbing", "TestPushingOutIsDear", "TestFloodLeavesWhatIsProbed", "TestReuseLimitEndsGuessesOfWords", "TestIdempotencyIsNoOracle", "TestIdempotencyIsNoOracleToManyAtOnce"},
	},
	{
		name:    "a client that stops reading",
		shownBy: []string{"TestStalledClient"},
	},
	{
		name:    "path parameters and encoded dots where a tenant is read from the path",
		shownBy: []string{"TestTenantSpellings"},
	},
	{
		name:    "a key file of another owner, a directory that others can write",
		shownBy: []string{"TestReadMistrustsStrangers", "TestFolderRefusesWhatStrangersHavePutThere"},
	},
	{
		name:    "compressed or oversize bodies",
		shownBy: []string{"TestContentEncoding", "TestServeBodyLimit", "TestServeReadsNoMoreThanTheLimit"},
	},
	{
		name:    "0-RTT replay",
		shownBy: []string{"TestEarlyData", "TestServeEarlyData"},
	},
	{
		name:    "a secret or a person's data in logs, errors, metrics, `/config/`, placeholders",
		shownBy: []string{"TestNothingLeaks", "TestLoggedBody", "TestTokenStaysOutOfTheLogs"},
	},
	{
		name:    "registration probing (\"is this address a customer?\")",
		shownBy: []string{"TestNeutralAnswers", "TestNeutralAnswersUnderLoad", "TestNeutralAnswerTellsNothing"},
	},
	{
		name:    "two registrations of one address at once",
		shownBy: []string{"TestSimultaneousRegistrations"},
	},
	{
		name:    "crash in the middle",
		shownBy: []string{"TestGatewayKilled", "TestRedisKilled", "TestPostgresKilled", "TestKilled", "make torture"},
	},
	{
		name:    "configuration reload under load",
		shownBy: []string{"TestReloadUnderLoad", "TestReloadKeepsClaims"},
	},
	{
		name:    "upstream down, slow, reset",
		shownBy: []string{"TestUpstreamTrouble", "TestClaimsInUpstreamTrouble"},
	},
}

// TestThreats: each row of threats.md has its tests, and they are there.
func TestThreats(t *testing.T) {
	rows, there := readThreats(t), findTests(t)
	for _, row := range rows {
		if !slices.ContainsFunc(threats, func(threat threat) bool { return threat.name == row }) {
			t.Errorf("no test is named for %s", row)
		}
	}
	for _, threat := range threats {
		t.Run(threat.name, func(t *testing.T) {
			if !slices.Contains(rows, threat.name) {
				t.Error("threats.md has no such row")
			}
			if len(threat.shownBy) == 0 {
				t.Error("nothing shows it")
			}
			for _, name := range threat.shownBy {
				if n := there[name]; n != 1 {
					t.Errorf("%s is there %d times, want once", name, n)
				}
			}
		})
	}
}

// readThreats returns the first column of the table.
func readThreats(t *testing.T) (rows []string) {
	t.Helper()
	text, err := os.ReadFile(conformance.Beside(t, "threats.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, " | "); len(cells) == 3 && !strings.HasPrefix(line, "| threat |") {
			rows = append(rows, strings.TrimPrefix(cells[0], "| "))
		}
	}
	if len(rows) == 0 {
		t.Fatal("threats.md has no table of three columns")
	}
	return rows
}

// findTests counts the tests and fuzz targets of the module, and the targets of
// its Makefile, by name.
func findTests(t *testing.T) map[string]int {
	t.Helper()
	there := make(map[string]int)
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			if function, is := declaration.(*ast.FuncDecl); is && function.Recv == nil {
				there[function.Name.Name]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(makefile)) {
		if target, _, is := strings.Cut(line, ":"); is {
			there["make "+target]++
		}
	}
	return there
}
