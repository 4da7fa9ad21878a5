// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nft_selector.h"

namespace medic::netfilter::nftables {

using parse::nft::Expression;
using parse::nft::SetObject;
using parse::nft::Statement;
using Kind = Expression::Kind;

TableIndex::TableIndex(const parse::nft::Table& table) : m_table(table)
{
    TypesOfSets used;
    for (std::size_t i = 0; i < table.chains.size(); ++i) {
        m_chains.emplace(table.chains[i].name, static_cast<int>(i));
        for (const auto& rule : table.chains[i].rules)
            for (const Statement& one : rule.statements) {
                if (one.kind == Statement::Kind::Match || one.kind == Statement::Kind::VerdictMap)
                    lookedUp(one.left, one.right, used);
                if (one.kind == Statement::Kind::SetUpdate && one.right.kind == Kind::SetReference)
                    m_filled.insert(one.right.text);
                visit(one.left, used);
                visit(one.right, used);
            }
    }
    for (const auto& [name, object] : table.sets) {
        std::vector<Type> types;
        if (object.typeOf.kind != Kind::None)
            types = typesOf(object.typeOf);
        for (const std::string& type : object.types)
            types.push_back(typeNamed(type));
        // "integer" and names of newer versions: what is looked up in it tells the type.
        const auto seen = used.find(name);
        if (seen != used.end() && (types.empty() || seen->second.size() == types.size())) {
            types.resize(seen->second.size(), Type::Unknown);
            for (std::size_t i = 0; i < types.size(); ++i)
                if ((types[i] == Type::Unknown || types[i] == Type::Integer) && seen->second[i] != Type::Unknown)
                    types[i] = seen->second[i];
        }
        m_sets.emplace(name, SetIndex(object.elements, types));
    }
}

/// Maps inside of expressions look up as well.
void TableIndex::visit(const Expression& expression, TypesOfSets& used)
{
    if (expression.kind == Kind::Map && expression.items.size() == 2)
        lookedUp(expression.items[0], expression.items[1], used);
    if (expression.kind == Kind::Set)
        return; // elements are constants
    for (const Expression& item : expression.items)
        visit(item, used);
}

void TableIndex::lookedUp(const Expression& key, const Expression& where, TypesOfSets& used)
{
    if (where.kind == Kind::SetReference)
        used.try_emplace(where.text, typesOf(key));
    else if (where.kind == Kind::Set)
        m_anonymous.try_emplace(&where, SetIndex(where.items, typesOf(key)));
}

int TableIndex::chain(std::string_view name) const
{
    const auto found = m_chains.find(name);
    return found == m_chains.end() ? -1 : found->second;
}

const SetIndex* TableIndex::set(const Expression& expression) const
{
    if (expression.kind == Kind::SetReference) {
        const auto found = m_sets.find(expression.text);
        return found == m_sets.end() ? nullptr : &found->second;
    }
    const auto found = m_anonymous.find(&expression);
    return found == m_anonymous.end() ? nullptr : &found->second;
}

} // namespace medic::netfilter::nftables
