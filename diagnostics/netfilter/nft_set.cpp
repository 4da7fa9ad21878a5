// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nft_set.h"

#include <algorithm>

namespace medic::netfilter::nftables {

namespace {

using parse::nft::Expression;
using Kind = Expression::Kind;

void append(std::string& bytes, const Word& word)
{
    bytes.append(reinterpret_cast<const char*>(&word.hi), sizeof word.hi);
    bytes.append(reinterpret_cast<const char*>(&word.lo), sizeof word.lo);
}

} // namespace

Tri isIn(const Value& value, const Range& range)
{
    if (value.known())
        return range.from <= value.word && value.word <= range.to ? Tri::Yes : Tri::No;
    if (range.exact())
        return ((value.word ^ range.from) & ~value.unknown).isZero() ? Tri::Unknown : Tri::No;
    const Word least = value.word & ~value.unknown, most = value.word | value.unknown;
    if (most < range.from || least > range.to)
        return Tri::No;
    return least >= range.from && most <= range.to ? Tri::Yes : Tri::Unknown;
}

SetIndex::SetIndex(const std::vector<Expression>& elements, const std::vector<Type>& types) : m_dimensions(types.size())
{
    for (const Expression& one : elements) {
        const bool pair = one.kind == Kind::Pair && one.items.size() == 2;
        const Expression& key = pair ? one.items[0] : one;
        Element element;
        element.data = pair ? &one.items[1] : nullptr;
        if (key.kind == Kind::Symbol && key.text == "*") {
            m_catchAll = m_elements.size();
            m_elements.push_back(std::move(element));
            continue;
        }
        bool understood = key.kind == Kind::Concat ? key.items.size() == types.size() : types.size() == 1;
        bool exact = true;
        for (std::size_t i = 0; understood && i < types.size(); ++i) {
            const auto range = constant(types[i], key.kind == Kind::Concat ? key.items[i] : key);
            understood = range.has_value();
            if (range) {
                exact = exact && range->exact();
                element.key.push_back(*range);
            }
        }
        if (!understood) {
            m_odd.push_back(parse::nft::render(key));
            continue;
        }
        if (exact) {
            std::string bytes;
            for (const Range& range : element.key)
                append(bytes, range.from);
            m_exact.try_emplace(std::move(bytes), m_elements.size());
        } else {
            m_ranges.push_back(m_elements.size());
        }
        m_elements.push_back(std::move(element));
    }
    if (m_dimensions == 1)
        std::stable_sort(m_ranges.begin(), m_ranges.end(),
                         [&](std::size_t a, std::size_t b) { return m_elements[a].key[0].from < m_elements[b].key[0].from; });
}

Tri SetIndex::matches(const Element& element, const std::vector<Value>& key, std::string& reason) const
{
    Tri all = Tri::Yes;
    for (std::size_t i = 0; i < element.key.size(); ++i)
        switch (isIn(key[i], element.key[i])) {
        case Tri::No: return Tri::No;
        case Tri::Unknown:
            all = Tri::Unknown;
            reason = key[i].reason;
            break;
        case Tri::Yes: break;
        }
    return all;
}

SetIndex::Found SetIndex::find(const std::vector<Value>& key) const
{
    Found found;
    if (key.size() != m_dimensions)
        return {Tri::Unknown, {}, "the set's key has another form"};
    const bool known = std::all_of(key.begin(), key.end(), [](const Value& one) { return one.known(); });
    const auto yes = [&](std::size_t element) { return Found {Tri::Yes, {element}, {}}; };
    std::string reason;
    if (known) {
        std::string bytes;
        for (const Value& one : key)
            append(bytes, one.word);
        if (const auto exact = m_exact.find(bytes); exact != m_exact.end())
            return yes(exact->second);
        if (m_dimensions == 1) {
            // Intervals of one dimension do not overlap.
            const auto after = std::upper_bound(m_ranges.begin(), m_ranges.end(), key[0].word,
                                                [&](const Word& word, std::size_t at) { return word < m_elements[at].key[0].from; });
            if (after != m_ranges.begin() && isIn(key[0], m_elements[*(after - 1)].key[0]) == Tri::Yes)
                return yes(*(after - 1));
        } else {
            for (const std::size_t at : m_ranges)
                if (matches(m_elements[at], key, reason) == Tri::Yes)
                    return yes(at);
        }
    } else {
        for (std::size_t at = 0; at < m_elements.size() && found.candidates.size() <= maxCandidates; ++at) {
            if (at == m_catchAll)
                continue;
            const Tri one = matches(m_elements[at], key, found.reason);
            if (one == Tri::Yes)
                return yes(at);
            if (one == Tri::Unknown)
                found.candidates.push_back(at);
        }
        if (!found.candidates.empty()) {
            found.answer = Tri::Unknown;
            if (m_catchAll != noElement)
                found.candidates.push_back(m_catchAll);
            return found;
        }
    }
    if (!m_odd.empty())
        return {Tri::Unknown, {}, "the element " + m_odd.front() + " is not understood"};
    return m_catchAll != noElement ? yes(m_catchAll) : Found {};
}

} // namespace medic::netfilter::nftables
