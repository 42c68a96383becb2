import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Registers a customer, or logs one in, with nothing but a JDK, 11 or later:
 *
 *   java Register.java https://acme.example.com ada@example.com [login]
 *
 * The password comes on standard input, as one line.
 */
public class Register {
    static final String SERVICES = "/api/v6/services";
    // Without TLS, HTTP/2 begins with the header Upgrade: h2c, which the first gate of a
    // gateway takes for a request of its own.
    static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static PublicKey fetchKey(String gateway) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway + "/keys.txt")).build();
        String spki = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(spki)));
    }

    // In one line. OAEP's MGF1 then takes SHA-1.
    static Cipher inOneLine(PublicKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher;
    }

    // With its parameters spelled out. MGF1 takes SHA-256, as everywhere else.
    static Cipher spelledOut(PublicKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.ENCRYPT_MODE, key, new OAEPParameterSpec(
                "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return cipher;
    }

    static String encrypt(PublicKey key, String password) throws GeneralSecurityException {
        Cipher cipher = inOneLine(key); // or spelledOut(key): the gateway takes both
        return Base64.getEncoder().encodeToString(cipher.doFinal(password.getBytes(StandardCharsets.UTF_8)));
    }

    static HttpResponse<String> register(String gateway, String email, String password) throws Exception {
        String ciphertext = encrypt(fetchKey(gateway), password);
        String customer = "{\"customerType\": \"INDIVIDUAL\", \"payloadEncrypted\": true,"
                + " \"firstName\": \"Excel\", \"lastName\": \"Nwachukwu\", \"email\": \"" + email + "\","
                + " \"dialingCode\": \"+44\", \"phone\": \"7123456789\", \"dob\": \"1989-12-16\","
                + " \"password\": \"" + ciphertext + "\", \"confirmPassword\": \"" + ciphertext + "\"}";
        return send("POST", gateway + SERVICES + "/usermanagement/register-customer", customer);
    }

    static HttpResponse<String> login(String gateway, String email, String password) throws Exception {
        String body = "{\"email\": \"" + email + "\", \"currentPassword\": \"" + encrypt(fetchKey(gateway), password) + "\"}";
        return send("PUT", gateway + SERVICES + "/securitymanagement/login", body);
    }

    static HttpResponse<String> send(String method, String url, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .header("platform", "fincode")
                .header("uuid", UUID.randomUUID().toString())
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    public static void main(String[] arguments) throws Exception {
        String gateway = arguments[0], email = arguments[1];
        String password = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();

        boolean login = arguments.length > 2 && arguments[2].equals("login");
        HttpResponse<String> answer = login ? login(gateway, email, password) : register(gateway, email, password);
        if (answer.body().contains("\"password_undecryptable\"")) { // the key has changed since it was fetched
            answer = login ? login(gateway, email, password) : register(gateway, email, password);
        }
        boolean no = Pattern.compile("^\\{\\s*\"success\"\\s*:\\s*false").matcher(answer.body()).find();
        if (answer.statusCode() / 100 == 2 && !no) {
            System.out.println(login ? "logged in" : "registered");
            return;
        }
        System.out.println("refused: " + answer.statusCode());
        // The JDK reads and writes no JSON. Use the library that your app has.
        Matcher violation = Pattern.compile("\"(?:pointer|header)\":\"(.*?)\",\"code\":\"(.*?)\",\"message\":\"(.*?)\"")
                .matcher(answer.body());
        Matcher message = Pattern.compile("\"(?:message|title)\"\\s*:\\s*\"(.*?)\"").matcher(answer.body());
        if (violation.find()) {
            do {
                System.out.println(violation.group(1) + " " + violation.group(2) + ": " + violation.group(3));
            } while (violation.find());
        } else if (message.find()) {
            System.out.println(message.group(1));
        }
        System.exit(1);
    }
}
