// The part of Register.java that differs on Android, in Kotlin.
//
// NOT TESTED: the tests of this repository run the programs beside it that do not say
// so, too.
import android.util.Base64
import java.security.KeyFactory
import java.security.spec.MGF1ParameterSpec
import java.security.spec.X509EncodedKeySpec
import javax.crypto.Cipher
import javax.crypto.spec.OAEPParameterSpec
import javax.crypto.spec.PSource

/**
 * Encrypts a password with what the gateway answers at /keys.txt: the `password` of
 * a registration, the `currentPassword` of a login.
 */
fun encrypt(spki: String, password: String): String {
    val key = KeyFactory.getInstance("RSA").generatePublic(X509EncodedKeySpec(Base64.decode(spki, Base64.NO_WRAP)))
    val cipher = Cipher.getInstance("RSA/ECB/OAEPPadding")
    val oaep = OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT)
    cipher.init(Cipher.ENCRYPT_MODE, key, oaep)
    return Base64.encodeToString(cipher.doFinal(password.toByteArray(Charsets.UTF_8)), Base64.NO_WRAP)
}
