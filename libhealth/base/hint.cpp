#include <base/hint.hpp>

namespace health {

namespace {

std::string (*hint_texts)(const Hint&) = nullptr;

} // namespace

std::string to_string(const Hint& hint) {
    if (hint.remedy == Remedy::text)
        return hint.subject;
    return hint.remedy == Remedy::none || hint_texts == nullptr ? std::string{} : hint_texts(hint);
}

void set_hint_texts(std::string (*texts)(const Hint&)) {
    hint_texts = texts;
}

} // namespace health
