package billow.bench;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._helpers.bulk.BulkIngester;
import co.elastic.clients.elasticsearch._helpers.bulk.BulkListener;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import co.elastic.clients.transport.rest_client.RestClientTransport;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.apache.http.HttpHost;
import org.elasticsearch.client.RestClient;

/**
 * A CUR 2.0 loader as people write one in Java: FastCSV, a map a row, and the client's BulkIngester.
 *
 * <pre>Loader URL INDEX ROOT FILE.csv.gz...     prints {"documents": N} when all are acknowledged</pre>
 *
 * It fills the fields that billow fills for the same row, with floats where billow keeps decimals,
 * and makes no control totals, no slices and no second pass.
 */
public final class Loader {
  private final String index;
  private final Charges charges;
  private final BulkIngester<Void> ingester;
  private long documents = 0;

  private Loader(String index, Charges charges, BulkIngester<Void> ingester) {
    this.index = index;
    this.charges = charges;
    this.ingester = ingester;
  }

  private void load(Path path) throws IOException {
    try (var gzip = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(path)), 65536);
        CsvReader<CsvRecord> rows =
            CsvReader.builder().ofCsvRecord(new InputStreamReader(gzip, StandardCharsets.UTF_8))) {
      List<String> header = null;
      long line = 0;
      for (CsvRecord record : rows) {
        if (header == null) {
          header = record.getFields();
          continue;
        }
        add(path, line++, row(header, record));
      }
    }
  }

  /** Only columns that have a value. */
  private static Map<String, String> row(List<String> header, CsvRecord record) {
    Map<String, String> row = new HashMap<>(2 * header.size());
    for (int i = 0; i < header.size(); i++) {
      String value = record.getField(i);
      if (!value.isEmpty()) {
        row.put(header.get(i), value);
      }
    }
    return row;
  }

  private void add(Path path, long line, Map<String, String> row) throws IOException {
    int part = 0;
    for (Map<String, Object> document : charges.documents(row)) {
      document.put("x_FeedId", "bench");
      document.put("x_SliceId", ((String) document.get("@timestamp")).substring(0, 10));
      String id = path.getFileName() + ":" + line + ":" + part++;
      ingester.add(one -> one.create(it -> it.index(index).id(id).document(document)));
      documents++;
    }
  }

  /** Remembers the first thing that went wrong. */
  private static BulkListener<Void> listener(AtomicReference<String> refused) {
    return new BulkListener<>() {
      @Override
      public void beforeBulk(long id, BulkRequest request, List<Void> contexts) {}

      @Override
      public void afterBulk(
          long id, BulkRequest request, List<Void> contexts, BulkResponse answer) {
        if (answer.errors()) {
          for (BulkResponseItem item : answer.items()) {
            if (item.error() != null) {
              refused.compareAndSet(null, item.error().reason());
            }
          }
        }
      }

      @Override
      public void afterBulk(long id, BulkRequest request, List<Void> contexts, Throwable why) {
        refused.compareAndSet(null, why.toString());
      }
    };
  }

  public static void main(String[] words) throws IOException {
    AtomicReference<String> refused = new AtomicReference<>();
    long documents;
    try (var rest = RestClient.builder(HttpHost.create(words[0])).build();
        var transport = new RestClientTransport(rest, new JacksonJsonpMapper())) {
      ElasticsearchClient client = new ElasticsearchClient(transport);
      BulkIngester<Void> ingester =
          BulkIngester.of(
              settings ->
                  settings
                      .client(client)
                      .maxConcurrentRequests(2)
                      .maxSize(5_000_000)
                      .maxOperations(-1)
                      .flushInterval(30, TimeUnit.SECONDS)
                      .listener(listener(refused)));
      try (ingester) {
        Loader loader = new Loader(words[1], new Charges(Path.of(words[2])), ingester);
        for (String file : Arrays.asList(words).subList(3, words.length)) {
          loader.load(Path.of(file));
        }
        documents = loader.documents;
      }
    }
    if (refused.get() != null) {
      System.err.println("refused: " + refused.get());
      System.exit(1);
    }
    System.out.println("{\"documents\": " + documents + "}");
  }
}
