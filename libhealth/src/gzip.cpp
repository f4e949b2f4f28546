#include "gzip.hpp"

#include <array>
#include <memory>
#include <zlib.h>

namespace health {

namespace {

constexpr int gzip_window_bits = 15 + 16; // zlib.h, deflateInit2: "add 16 to windowBits to write a simple gzip header"
constexpr int default_memory_level = 8;

Bytef* input(std::string_view text) {
    // zlib's next_in is const only when ZLIB_CONST is defined; zlib never writes through it.
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // NOLINT
}

} // namespace

std::string gzip(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window_bits, default_memory_level,
                 Z_DEFAULT_STRATEGY);
    const std::unique_ptr<z_stream, decltype(&deflateEnd)> guard(&stream, deflateEnd);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = input(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data()); // NOLINT
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    return out;
}

Result<std::string> gunzip(std::string_view compressed, std::size_t limit) {
    z_stream stream{};
    inflateInit2(&stream, gzip_window_bits);
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, inflateEnd);
    stream.next_in = input(compressed);
    stream.avail_in = static_cast<uInt>(compressed.size());
    std::string out;
    std::array<char, 16384> chunk{};
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data()); // NOLINT
        stream.avail_out = chunk.size();
        const int status = inflate(&stream, Z_NO_FLUSH);
        out.append(chunk.data(), chunk.size() - stream.avail_out);
        if (out.size() > limit)
            return Error{ErrorKind::bad_response, "the answer is too large once it is decompressed", ""};
        if (status == Z_STREAM_END)
            return out;
        if (status != Z_OK)
            return Error{ErrorKind::bad_response, "the answer's gzip is broken or ends early", ""};
    }
}

} // namespace health
