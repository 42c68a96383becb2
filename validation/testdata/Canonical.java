import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * Reads one JSON text a line and prints each in the canonical form of
 * canonical_test.go, in which Jackson and Gson have to agree. Numbers are read as
 * BigDecimal, which throws at those that it has no room for.
 */
public class Canonical {
    public static void main(String[] arguments) throws IOException {
        String input = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(System.in.readAllBytes())).toString();
        PrintStream output = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        for (String line : input.split("\n")) {
            String one = jackson(MAPPER.readTree(line));
            String other = gson(JsonParser.parseString(line));
            if (!one.equals(other)) {
                throw new IllegalStateException("Jackson reads\n" + one + "\nand Gson\n" + other + "\nof\n" + line);
            }
            output.println(one);
        }
        output.flush();
    }

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static String jackson(JsonNode value) {
        switch (value.getNodeType()) {
            case NULL:
                return "n";
            case BOOLEAN:
                return bool(value.booleanValue());
            case STRING:
                return "s" + hex(value.textValue());
            case NUMBER:
                return number(value.decimalValue());
            case ARRAY:
                List<String> list = new ArrayList<>();
                value.forEach(element -> list.add(jackson(element)));
                return array(list);
            default:
                TreeSet<String> members = new TreeSet<>();
                value.fields().forEachRemaining(member -> members.add(hex(member.getKey()) + ":" + jackson(member.getValue())));
                return object(members);
        }
    }

    private static String gson(JsonElement value) {
        if (value.isJsonNull()) {
            return "n";
        }
        if (value.isJsonArray()) {
            List<String> list = new ArrayList<>();
            value.getAsJsonArray().forEach(element -> list.add(gson(element)));
            return array(list);
        }
        if (value.isJsonObject()) {
            TreeSet<String> members = new TreeSet<>();
            value.getAsJsonObject().entrySet().forEach(member -> members.add(hex(member.getKey()) + ":" + gson(member.getValue())));
            return object(members);
        }
        if (value.getAsJsonPrimitive().isBoolean()) {
            return bool(value.getAsBoolean());
        }
        return value.getAsJsonPrimitive().isNumber() ? number(value.getAsBigDecimal()) : "s" + hex(value.getAsString());
    }

    private static String bool(boolean value) {
        return value ? "t" : "f";
    }

    private static String number(BigDecimal value) {
        return String.format("d%016x", Double.doubleToLongBits(value.doubleValue()));
    }

    private static String array(List<String> values) {
        return "[" + String.join(",", values) + "]";
    }

    private static String object(TreeSet<String> members) {
        return "{" + String.join(",", members) + "}";
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
