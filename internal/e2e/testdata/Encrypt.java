import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** Prints the password of standard input as Java clients encrypt it. */
class Encrypt {
    static PublicKey publicKey(String dashboardKey) throws GeneralSecurityException {
        byte[] spki = Base64.getDecoder().decode(dashboardKey);
        return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(spki));
    }

    // In one line: MGF1 takes SHA-1.
    static String encrypt(PublicKey key, String password) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return base64(cipher.doFinal(password.getBytes(StandardCharsets.UTF_8)));
    }

    // With its parameters spelled out: MGF1 takes SHA-256, as everywhere else.
    static String encryptWithSha256(PublicKey key, String password) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.ENCRYPT_MODE, key, new OAEPParameterSpec(
                "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return base64(cipher.doFinal(password.getBytes(StandardCharsets.UTF_8)));
    }

    static String base64(byte[] ciphertext) {
        return Base64.getEncoder().encodeToString(ciphertext);
    }

    public static void main(String[] arguments) throws Exception {
        String pem = Files.readString(Path.of(arguments[0]));
        PublicKey key = publicKey(pem.replaceAll("-----[A-Z ]+-----|\\s", ""));
        String password = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        System.out.println(encrypt(key, password));
        System.out.println(encryptWithSha256(key, password));
    }
}
