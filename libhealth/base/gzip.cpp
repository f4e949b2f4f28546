#include <base/gzip.hpp>

#include <array>
#include <memory>
#include <zlib.h>

namespace health {

namespace {

constexpr int gzip_window_bits = 15 + 16; // zlib.h, deflateInit2: "add 16 to windowBits to write a simple gzip header"
constexpr int raw_window_bits = -15;
constexpr int default_memory_level = 8;

/// RFC 1952, section 2.3: deflate, no flags, no time, an unknown system.
constexpr std::string_view member_header("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);

Bytef* input(std::string_view text) {
    // zlib's next_in is const only when ZLIB_CONST is defined; zlib never writes through it.
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // NOLINT
}

/// RFC 1951. A flush ends at a byte boundary, so flushed streams can be concatenated into one stream.
std::string deflated(std::string_view text, int flush) {
    z_stream stream{};
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window_bits, default_memory_level, Z_DEFAULT_STRATEGY);
    const std::unique_ptr<z_stream, decltype(&deflateEnd)> guard(&stream, deflateEnd);
    constexpr std::size_t flush_marker = 16; // deflateBound assumes Z_FINISH, which adds none
    std::string out(deflateBound(&stream, text.size()) + flush_marker, '\0');
    stream.next_in = input(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data()); // NOLINT
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, flush);
    out.resize(stream.total_out);
    return out;
}

unsigned long checksum(std::string_view text) {
    return crc32(0, input(text), static_cast<uInt>(text.size()));
}

/// RFC 1952, section 2.1: least significant byte first.
void append_number(std::string& out, unsigned long number) {
    constexpr unsigned long byte = 0xFF;
    for (int shift = 0; shift < 32; shift += 8)
        out += static_cast<char>((number >> shift) & byte);
}

} // namespace

GzipPrefix::GzipPrefix(std::string_view beginning)
    : bytes_(member_header), checksum_(checksum(beginning)), size_(beginning.size()) {
    bytes_ += deflated(beginning, Z_FULL_FLUSH);
}

std::string GzipPrefix::with(std::string_view ending) const {
    std::string out = bytes_ + deflated(ending, Z_FINISH);
    append_number(out, crc32_combine(checksum_, checksum(ending), static_cast<z_off_t>(ending.size())));
    append_number(out, size_ + ending.size());
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
        if (status == Z_STREAM_END || out.size() > limit)
            return out;
        if (status != Z_OK)
            return Error{ErrorKind::bad_response, "the gzip data is corrupt or truncated", ""};
    }
}

} // namespace health
