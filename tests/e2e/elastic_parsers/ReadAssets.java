import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.elasticsearch.action.ActionRequestValidationException;
import org.elasticsearch.common.bytes.BytesArray;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.search.SearchModule;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParserConfiguration;
import org.elasticsearch.xcontent.XContentType;
import org.elasticsearch.xpack.core.ilm.AllocateAction;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.ForceMergeAction;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.MigrateAction;
import org.elasticsearch.xpack.core.ilm.ReadOnlyAction;
import org.elasticsearch.xpack.core.ilm.RolloverAction;
import org.elasticsearch.xpack.core.ilm.SearchableSnapshotAction;
import org.elasticsearch.xpack.core.ilm.SetPriorityAction;
import org.elasticsearch.xpack.core.ilm.ShrinkAction;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;
import org.elasticsearch.xpack.core.ilm.WaitForSnapshotAction;
import org.elasticsearch.xpack.core.ilm.action.PutLifecycleRequest;
import org.elasticsearch.xpack.core.security.action.role.PutRoleRequestBuilder;
import org.elasticsearch.xpack.core.security.authz.store.ReservedRolesStore;
import org.elasticsearch.xpack.core.transform.TransformNamedXContentProvider;
import org.elasticsearch.xpack.core.transform.action.PutTransformAction;

/// Reads files as Elasticsearch reads the body of a PUT, by its own classes and as strictly, and
/// prints a line for each: "accepted FILE" or "refused FILE: why". Arguments: `lifecycle`, `role` or
/// `transform`, then a file, and so on; a file has the name of what it defines. Without arguments it
/// reads "KIND FILE" from its input, a line at a time, and answers each at once.
public class ReadAssets {
  static final NamedXContentRegistry registry = registry();

  static NamedXContentRegistry registry() {
    var entries = new ArrayList<>(new SearchModule(Settings.EMPTY, List.of()).getNamedXContents());
    entries.addAll(new TransformNamedXContentProvider().getNamedXContentParsers());
    // The module that registers these, x-pack-ilm, is not published; their classes are.
    entries.add(new NamedXContentRegistry.Entry(LifecycleType.class,
        new ParseField(TimeseriesLifecycleType.TYPE), parser -> TimeseriesLifecycleType.INSTANCE));
    add(entries, AllocateAction.NAME, AllocateAction::parse);
    add(entries, DeleteAction.NAME, DeleteAction::parse);
    add(entries, ForceMergeAction.NAME, ForceMergeAction::parse);
    add(entries, MigrateAction.NAME, MigrateAction::parse);
    add(entries, ReadOnlyAction.NAME, ReadOnlyAction::parse);
    add(entries, RolloverAction.NAME, RolloverAction::parse);
    add(entries, SearchableSnapshotAction.NAME, SearchableSnapshotAction::parse);
    add(entries, SetPriorityAction.NAME, SetPriorityAction::parse);
    add(entries, ShrinkAction.NAME, ShrinkAction::parse);
    add(entries, WaitForSnapshotAction.NAME, WaitForSnapshotAction::parse);
    return new NamedXContentRegistry(entries);
  }

  static void add(List<NamedXContentRegistry.Entry> entries, String name,
      CheckedFunction<XContentParser, LifecycleAction, java.io.IOException> parse) {
    entries.add(
        new NamedXContentRegistry.Entry(LifecycleAction.class, new ParseField(name), parse));
  }

  static ActionRequestValidationException read(String kind, String name, byte[] body)
      throws Exception {
    if (kind.equals("role")) {
      return new PutRoleRequestBuilder(null)
          .source(name, new BytesArray(body), XContentType.JSON).request().validate();
    }
    var configuration = XContentParserConfiguration.EMPTY.withRegistry(registry);
    try (var parser = XContentType.JSON.xContent().createParser(configuration, body)) {
      return switch (kind) {
        case "lifecycle" -> PutLifecycleRequest.parseRequest(new Named(name), parser).validate();
        case "transform" -> transform(name, parser).validate();
        default -> throw new IllegalArgumentException("no kind of asset: " + kind);
      };
    }
  }

  /// The reader of Elasticsearch 9 has one parameter more than that of 8: whether searches cross
  /// projects.
  static PutTransformAction.Request transform(String name, XContentParser parser)
      throws Exception {
    for (var reader : PutTransformAction.Request.class.getMethods()) {
      if (!reader.getName().equals("fromXContent")) continue;
      var given = new ArrayList<Object>(List.of(parser, name, true, TimeValue.MINUS_ONE));
      if (reader.getParameterCount() > given.size())
        given.add(reader.getParameterTypes()[given.size()].getConstructor(boolean.class)
            .newInstance(false));
      try {
        return (PutTransformAction.Request) reader.invoke(null, given.toArray());
      } catch (InvocationTargetException refused) {
        if (refused.getCause() instanceof Exception cause) throw cause;
        throw refused;
      }
    }
    throw new NoSuchMethodException("PutTransformAction.Request.fromXContent");
  }

  /// The name of a policy is in the path of its request.
  record Named(String name) implements PutLifecycleRequest.Factory {
    public PutLifecycleRequest create(LifecyclePolicy policy) {
      LifecyclePolicy.validatePolicyName(name);
      return new PutLifecycleRequest(TimeValue.MINUS_ONE, TimeValue.MINUS_ONE, policy);
    }
    public String getPolicyName() { return name; }
  }

  /// "" when the file is accepted.
  static String faultOf(String kind, Path file) throws Exception {
    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
    try {
      var fault = read(kind, name, Files.readAllBytes(file));
      return fault == null ? "" : fault.getMessage();
    } catch (RuntimeException | java.io.IOException refused) {
      var text = new StringBuilder();
      for (Throwable cause = refused; cause != null; cause = cause.getCause())
        text.append(text.isEmpty() ? "" : ": ").append(cause.getMessage());
      return text.toString();
    }
  }

  public static void main(String[] arguments) throws Exception {
    LogConfigurator.configureESLogging();
    new ReservedRolesStore();  // the names that a role cannot have
    var out = new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (int i = 0; i + 1 < arguments.length; i += 2) tell(out, arguments[i], arguments[i + 1]);
    if (arguments.length > 0) return;
    var in = new java.io.BufferedReader(
        new java.io.InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] asked = line.split(" ", 2);
      tell(out, asked[0], asked[1]);
    }
  }

  static void tell(java.io.PrintStream out, String kind, String file) throws Exception {
    String fault = faultOf(kind, Path.of(file));
    out.println(fault.isEmpty() ? "accepted " + file
                                : "refused " + file + ": " + fault.replace('\n', ' '));
  }
}
