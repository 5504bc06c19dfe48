import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.Machine;

/**
 * Asks the matcher that EventBridge uses which patterns accept which events.
 *
 * <p>match QUESTION ANSWER: the question is {"patterns": {id: pattern}, "events": [event]}, the answer {"refused": {id:
 * reason}, "accepted": [[id]]}, ids sorted, null for an event that it cannot read.
 *
 * <p>time QUESTION ROUNDS: prints a line for each round: CPU nanoseconds of the whole process for finding the matches of
 * every event from its text, the same for events that are parsed already, and how many matches there were.
 */
@SuppressWarnings("deprecation")
public class AskRuler {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    JsonNode question = JSON.readTree(Files.readString(Path.of(args[1])));
    Machine machine = new Machine();
    Map<String, String> refused = new LinkedHashMap<>();
    Map<String, JsonNode> patterns =
        JSON.convertValue(question.get("patterns"), new TypeReference<LinkedHashMap<String, JsonNode>>() {});
    for (Map.Entry<String, JsonNode> entry : patterns.entrySet()) {
      try {
        machine.addRule(entry.getKey(), JSON.writeValueAsString(entry.getValue()));
      } catch (Exception error) {
        refused.put(entry.getKey(), String.valueOf(error.getMessage()));
      }
    }
    List<String> events = new ArrayList<>();
    for (JsonNode event : question.get("events")) events.add(event.textValue());
    if (args[0].equals("match")) match(machine, refused, events, Path.of(args[2]));
    else time(machine, events, Integer.parseInt(args[2]));
  }

  private static void match(Machine machine, Map<String, String> refused, List<String> events, Path answer)
      throws Exception {
    List<List<String>> accepted = new ArrayList<>();
    for (String event : events) {
      try {
        List<String> ids = new ArrayList<>(machine.rulesForJSONEvent(event));
        Collections.sort(ids);
        accepted.add(ids);
      } catch (Exception error) {
        accepted.add(null);
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("refused", refused);
    result.put("accepted", accepted);
    Files.writeString(answer, JSON.writeValueAsString(result));
  }

  private static void time(Machine machine, List<String> events, int rounds) throws Exception {
    var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<JsonNode> parsed = new ArrayList<>();
    for (String event : events) parsed.add(JSON.readTree(event));
    for (int round = 0; round < rounds; round++) {
      long matches = 0;
      long started = system.getProcessCpuTime();
      for (String event : events) matches += machine.rulesForJSONEvent(event).size();
      long read = system.getProcessCpuTime();
      long again = 0;
      for (JsonNode event : parsed) again += machine.rulesForJSONEvent(event).size();
      long ended = system.getProcessCpuTime();
      if (again != matches) throw new IllegalStateException("another answer for the same events");
      System.out.println((read - started) + " " + (ended - read) + " " + matches);
    }
  }
}
