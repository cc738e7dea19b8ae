#pragma once

#include <chrono>
#include <cstddef>

/// Every bound of the program has its name here; the asserts at the end tie them to the memory we
/// promise (design.md section 5: at most 256 MiB resident, whatever the size of a bill).
namespace billow::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t KiB = 1024;
inline constexpr std::size_t MiB = 1024 * KiB;

// Fetching.
inline constexpr std::size_t fetch_block_bytes = 256 * KiB;  ///< compressed bytes read at once
inline constexpr std::size_t fetch_blocks_queued_max = 4;    ///< read ahead of the decoder
inline constexpr std::size_t small_object_bytes_max =
    8 * MiB;                                                 ///< manifests, listings, token answers
inline constexpr std::size_t listed_objects_max = 200'000;   ///< keys of one listing
inline constexpr std::size_t delivery_objects_max = 20'000;  ///< data files of one manifest
inline constexpr std::size_t listed_keys_bytes_max =
    32 * MiB;  ///< keys and ETags of one listing: 160 bytes an object
inline constexpr int fetch_attempts_max = 8;  ///< tries of one request to a provider
inline constexpr auto fetch_window = 60s;  ///< of waiting for the bytes of one object, in which ...
inline constexpr std::size_t fetch_window_bytes_min = 512 * KiB;  ///< ... no fewer may come
inline constexpr std::size_t kept_answers_bytes_max =
    8 * MiB;  ///< packed answers of an API, kept to be read twice; about 100 MiB of JSON

// Decoding.
inline constexpr std::size_t row_bytes_max = 1 * MiB;  ///< one CSV row with all its quoted newlines
inline constexpr std::size_t columns_max = 2'000;      ///< columns of one file
inline constexpr std::size_t column_name_bytes_max = 1 * KiB;  ///< of a CSV file's header
inline constexpr std::size_t json_page_bytes_max =
    16 * MiB;  ///< one page of a JSON feed, inflated; its index takes up to four times as much
inline constexpr std::size_t json_rows_max = 50'000;  ///< of one page: they are charged at once
inline constexpr std::size_t json_cells_bytes_max =
    32 * MiB;  ///< of all rows of one page; a text around them counts once a row
inline constexpr std::size_t json_depth_max = 64;  ///< objects and lists in one another
inline constexpr std::size_t inflate_ratio_max =
    1'032;  ///< deflate cannot do more: beyond it the file lies
inline constexpr std::size_t slices_max = 20'000;             ///< slices of one delivery
inline constexpr std::size_t dead_letters_kept_max = 10'000;  ///< per delivery; more stop it
inline constexpr std::size_t dead_letter_bytes_max =
    16 * KiB;  ///< of the line, kept in its dead letter
inline constexpr std::size_t dead_letters_bytes_max =
    16 * MiB;  ///< of all lines kept; later ones are left out

// Rolling up while reading; beyond either, Elasticsearch is asked.
inline constexpr std::size_t rollup_cells_max = 50'000;  ///< of about 600 bytes each
inline constexpr std::size_t rollup_values_bytes_max = 16 * MiB;

// Elasticsearch.
inline constexpr std::size_t bulk_bytes_default =
    5 * MiB;  ///< uncompressed bytes of one _bulk request
inline constexpr std::size_t bulk_bytes_max =
    50 * MiB;  ///< half of http.max_content_length's default
inline constexpr std::size_t bulk_connections_default = 2;
inline constexpr std::size_t bulk_connections_max = 16;
inline constexpr std::size_t bulk_queued_max = 2;  ///< bodies waiting for a free connection
inline constexpr std::size_t response_bytes_max = 64 * MiB;  ///< of one answer of Elasticsearch
inline constexpr std::size_t names_looked_up_max =
    16;  ///< at once, each on a thread; most of them are names that hang
inline constexpr auto connect_timeout = 10s;
inline constexpr auto request_timeout = 120s;  ///< whole answer of one request
inline constexpr auto idle_timeout = 60s;      ///< no byte moved on a streaming read

// Our own HTTP server.
inline constexpr std::size_t server_header_bytes_max = 16 * KiB;
inline constexpr std::size_t server_connections_max = 64;
inline constexpr auto server_idle_timeout = 30s;
inline constexpr auto shutdown_grace = 25s;  ///< from SIGTERM to giving up in-flight work

static_assert(fetch_blocks_queued_max * fetch_block_bytes +
                      (bulk_connections_default + bulk_queued_max + 2) * 2 * bulk_bytes_default +
                      8 * row_bytes_max <=
                  128 * MiB,
              "what is in flight by default must leave half of 256 MiB to everything else");

static_assert((bulk_connections_default + bulk_queued_max + 2) * 2 * bulk_bytes_default +
                      5 * json_page_bytes_max + json_rows_max * 2 * KiB <=
                  240 * MiB,
              "a page of JSON, its index and the documents of its rows must leave room in 256 MiB");

}  // namespace billow::limits
