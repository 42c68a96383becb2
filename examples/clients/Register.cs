// Registers a customer, or logs one in, with nothing but .NET, 6 or later:
//
//   dotnet run -- https://acme.example.com ada@example.com [login]
//
// The password comes on standard input, as one line.
//
// NOT TESTED: the tests of this repository run the programs beside it that do not say
// so, too.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using var http = new HttpClient();
var (gateway, email, password) = (args[0], args[1], Console.ReadLine() ?? "");
var login = args.Length > 2 && args[2] == "login";

async Task<RSA> FetchKey()
{
    var spki = Convert.FromBase64String(await http.GetStringAsync(gateway + "/keys.txt"));
    var key = RSA.Create();
    key.ImportSubjectPublicKeyInfo(spki, out _);
    return key;
}

string Encrypt(RSA key, string password) =>
    Convert.ToBase64String(key.Encrypt(Encoding.UTF8.GetBytes(password), RSAEncryptionPadding.OaepSHA256));

async Task<(HttpResponseMessage, string)> Act()
{
    using var key = await FetchKey();
    var ciphertext = Encrypt(key, password);
    return login
        ? await Send(HttpMethod.Put, "/securitymanagement/login", JsonSerializer.Serialize(new { email, currentPassword = ciphertext }))
        : await Send(HttpMethod.Post, "/usermanagement/register-customer", Customer(ciphertext));
}

string Customer(string ciphertext) => JsonSerializer.Serialize(new
{
    customerType = "INDIVIDUAL", payloadEncrypted = true,
    firstName = "Excel", lastName = "Nwachukwu", email,
    dialingCode = "+44", phone = "7123456789", dob = "1989-12-16",
    password = ciphertext, confirmPassword = ciphertext,
});

async Task<(HttpResponseMessage, string)> Send(HttpMethod method, string path, string body)
{
    var request = new HttpRequestMessage(method, gateway + "/api/v6/services" + path)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
    };
    request.Headers.Add("platform", "fincode");
    request.Headers.Add("uuid", Guid.NewGuid().ToString());
    var response = await http.SendAsync(request);
    return (response, await response.Content.ReadAsStringAsync());
}

// An outage can have another body than JSON, or none.
JsonElement Parse(string body)
{
    try { return JsonDocument.Parse(body).RootElement; }
    catch (JsonException) { return default; }
}

JsonElement Member(JsonElement of, string name) =>
    of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : default;

var (answer, body) = await Act();
if (body.Contains("\"password_undecryptable\"")) // the key has changed since it was fetched
    (answer, body) = await Act();
var said = Parse(body);
if (answer.IsSuccessStatusCode && Member(said, "success").ValueKind != JsonValueKind.False)
{
    Console.WriteLine(login ? "logged in" : "registered");
    return 0;
}
Console.WriteLine($"refused: {(int)answer.StatusCode}");
var error = Member(said, "error");
// In the envelope, or in a problem (RFC 9457).
var violations = new[] { Member(error, "details"), Member(said, "errors") }
    .Where(list => list.ValueKind == JsonValueKind.Array).SelectMany(list => list.EnumerateArray()).ToList();
foreach (var v in violations)
{
    Console.WriteLine($"{Member(v, "pointer")}{Member(v, "header")} {Member(v, "code")}: {Member(v, "message")}");
}
if (violations.Count == 0)
{
    var messages = new[] { Member(error, "message"), Member(said, "title"), Member(said, "message") };
    Console.WriteLine(messages.FirstOrDefault(m => m.ValueKind == JsonValueKind.String));
}
return 1;
