// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/sweep_script.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>

namespace medic::collect {

namespace {

/// Everything that does not depend on the probes. In the script:
///   T token · u user id · d folder for outputs, empty: none · W how a command is stopped (g: GNU timeout, s: own session,
///   p: process by process) · U bytes per block of `ulimit -f` · g 1: gzip is there · n clock in 1/100 s
///   per probe: L seconds, B bytes, R 1: needs root, a alternative, c command
constexpr const char* prologue = R"SH(
export LC_ALL=C LANG=C TZ=UTC
unset ENV CDPATH LANGUAGE BASH_ENV
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin:/opt/cni/bin:/snap/bin:/var/lib/rancher/rke2/bin:/var/lib/rancher/k3s/data/current/bin
export PATH
umask 077
cd /
u=$(id -u 2>/dev/null || echo 1)
renice -n 10 -p $$ >/dev/null 2>&1
d=
for b in /dev/shm /run /tmp /var/tmp "$HOME"; do
    [ -d "$b" ] && [ -w "$b" ] || continue
    mkdir -m 700 "$b/.medic-$N" 2>/dev/null || continue
    d=$b/.medic-$N
    { echo probe >"$d/t"; } 2>/dev/null && [ -s "$d/t" ] && break
    rm -rf "$d"
    d=
done
W=p
if command -v timeout >/dev/null 2>&1; then
    case $(timeout --version 2>/dev/null) in *coreutils*) W=g ;; esac
fi
[ "$W" = p ] && command -v setsid >/dev/null 2>&1 && W=s
U=512
[ -n "$BASH_VERSION" ] && U=1024
g=0
command -v gzip >/dev/null 2>&1 && g=1
now() {
    n=0
    read -r n _ 2>/dev/null </proc/uptime
    case $n in *.??) n=$((${n%.*} * 100 + 1${n#*.} - 100)) ;; *) n=0 ;; esac
}
tree() {
    for f in /proc/[0-9]*/stat; do
        x=
        read -r x 2>/dev/null <"$f" || continue
        q=${f#/proc/}
        q=${q%/stat}
        x=${x##*) }
        x=${x#* }
        [ "${x%% *}" = "$1" ] && (tree "$q")
    done
    kill -KILL "$1" 2>/dev/null
}
shot() {
    case $W in
    g) exec timeout -k 2 "$L" sh -c "$c" ;;
    esac
    if [ "$W" = s ]; then
        setsid sh -c "$c" &
        q=$!
        setsid sh -c "sleep $L; kill -TERM -$q; sleep 1; kill -KILL -$q" >/dev/null 2>&1 &
        w=$!
        wait "$q"
        r=$?
        kill -KILL "-$w" 2>/dev/null
    else
        sh -c "$c" &
        q=$!
        (
            sleep "$L"
            tree "$q"
        ) >/dev/null 2>&1 &
        w=$!
        wait "$q"
        r=$?
        (tree "$w") >/dev/null 2>&1
    fi
    exit $r
}
over() {
    # A shell whose children were killed may well end with 0: there only the clock tells.
    case $W$r in
    g124 | g137 | g143) [ "$t" -ge $((L * 100 - 20)) ] ;;
    g*) false ;;
    *) [ "$t" -ge $((L * 100 - 1)) ] ;;
    esac
}
go() {
    if [ "$R" = 1 ] && [ "$u" != 0 ]; then now; echo "D $i - noroot -1 $n 0 r 0 0"; return; fi
    if [ -z "$a" ]; then now; echo "D $i - notool -1 $n 0 r 0 0"; return; fi
    [ -n "$sick" ] && [ "$L" -gt 3 ] && L=3
    now
    s=$n
    echo "S $1 $i $((s + L * 100 + 600))"
    (
        ulimit -c 0
        ulimit -f $((B / U + 2))
        shot
    ) </dev/null >"$d/$i.o" 2>"$d/$i.e"
    r=$?
    now
    t=$((n - s))
    k=ran
    over && { k=timeout; sick=1; }
    { echo probe >"$d/t"; } 2>/dev/null && [ -s "$d/t" ] || k=nospace
    o=0
    e=0
    m=r
    [ -s "$d/$i.o" ] && { o=$(wc -c <"$d/$i.o"); o=$((o)); }
    [ -s "$d/$i.e" ] && { e=$(wc -c <"$d/$i.e"); e=$((e)); }
    [ "$e" -gt $E ] && e=$E
    [ "$o" -gt "$B" ] && { o=$B; m=R; }
    if [ "$g" = 1 ] && [ "$o" -gt 65536 ] && head -c "$o" "$d/$i.o" | gzip -1 >"$d/$i.z" 2>/dev/null; then
        o=$(wc -c <"$d/$i.z")
        o=$((o))
        case $m in R) m=Z ;; *) m=z ;; esac
        rm -f "$d/$i.o"
    fi
    echo "D $i $a $k $r $s $t $m $o $e"
}
lane() {
    sick=
    for i in $2; do
        [ -d "$d" ] || exit
        a=
        c=
        "p$i"
        go "$1" || exit
    done
}
frame() {
    printf '@MEDIC %s F %s %s %s %s %s %s %s %s %s\n' "$T" "$@"
}
tail_of() {
    printf '\n@MEDIC %s E %s\n' "$T" "$1"
}
emit() {
    frame "$@"
    case $7 in z | Z) [ "$8" = 0 ] || head -c "$8" "$d/$1.z" ;; *) [ "$8" = 0 ] || head -c "$8" "$d/$1.o" ;; esac
    [ "$9" = 0 ] || head -c "$9" "$d/$1.e"
    tail_of "$1"
    rm -f "$d/$1.o" "$d/$1.e" "$d/$1.z"
}
lost() {
    eval "l=\$list_$1"
    for j in $l; do
        eval "v=\$done_$j"
        [ -n "$v" ] && continue
        eval "done_$j=1"
        left=$((left - 1))
        frame "$j" - abandoned -1 "$n" 0 r 0 0
        tail_of "$j"
    done
    eval "due_$1="
}
gather() {
    trap 'rm -rf "$d"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    while [ "$left" -gt 0 ] && read -r k i x y; do
        case $k in
        S) eval "due_$i=$y" ;;
        D)
            eval "v=\$done_$i"
            [ -n "$v" ] && continue
            eval "done_$i=1"
            left=$((left - 1))
            set -f
            set -- $i $x $y
            set +f
            emit "$@" || exit
            ;;
        T)
            printf '@MEDIC %s B\n' "$T" || exit
            now
            for v in $lanes; do
                eval "x=\$due_$v"
                [ -n "$x" ] && [ "$n" -gt "$x" ] && lost "$v"
            done
            ;;
        esac
    done
    now
    [ "$left" -gt 0 ] && for v in $lanes; do lost "$v"; done
    printf '@MEDIC %s Z\n' "$T"
    rm -rf "$d"
}
ticks() {
    while sleep 1 && [ -d "$d" ]; do echo T || exit; done
}
stop() {
    # Only for alone(): the command's status after its output, or no status when the limit cut it off.
    shot
}
alone() {
    for v in $lanes; do
        eval "l=\$list_$v"
        for i in $l; do
            a=
            c=
            "p$i"
            now
            s=$n
            if [ "$R" = 1 ] && [ "$u" != 0 ]; then frame "$i" - noroot -1 "$s" 0 r 0 0; tail_of "$i"; continue; fi
            if [ -z "$a" ]; then frame "$i" - notool -1 "$s" 0 r 0 0; tail_of "$i"; continue; fi
            [ "$B" -gt 4194304 ] && B=4194304
            o=$({ (stop) 2>/dev/null </dev/null; echo "/$?"; } | head -c "$((B + 8))"; echo x)
            o=${o%x}
            now
            t=$((n - s))
            r=${o##*/}
            m=r
            r=${r%?}
            case $r in
            '' | *[!0-9]*) r=141 m=R ;;
            *) o=${o%/*} ;;
            esac
            k=ran
            over && k=timeout
            frame "$i" "$a" "$k" "$r" "$s" "$t" "$m" "${#o}" 0
            printf '%s' "$o"
            tail_of "$i"
        done
    done
    printf '@MEDIC %s Z\n' "$T"
}
)SH";

/// The body of pN: sets the limits and picks the first alternative whose tools are there.
std::string chooser(std::size_t index, const Probe& probe, const std::map<std::string, std::size_t>& tools)
{
    const auto seconds = std::max<std::chrono::milliseconds::rep>(1, (probe.timeLimit.count() + 999) / 1000);
    std::string text = "p" + std::to_string(index) + "() {\nL=" + std::to_string(seconds) + " B=" + std::to_string(probe.outputLimit)
        + " R=" + (probe.root ? "1" : "0") + "\n";
    std::string word = "if";
    std::size_t number = 0;
    for (const Probe::Alternative& alternative : probe.alternatives) {
        std::string have, want;
        for (const std::string& tool : alternative.needs) {
            have += "$h" + std::to_string(tools.at(tool));
            want += "1";
        }
        text += word + " [ \"" + have + "\" = \"" + want + "\" ]; then a=" + std::to_string(number++) + " c=" + shellQuoted(alternative.command) + "\n";
        word = "elif";
    }
    return text + (probe.alternatives.empty() ? ":\n}\n" : "fi\n}\n");
}

} // namespace

std::string shellQuoted(const std::string& text)
{
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

std::string randomToken()
{
    std::random_device device;
    std::string token;
    for (int i = 0; i < 4; ++i) {
        char digits[9];
        std::snprintf(digits, sizeof digits, "%08x", device());
        token += digits;
    }
    return token;
}

SweepScript sweepScript(const std::vector<Probe>& probes) { return sweepScript(probes, randomToken()); }

SweepScript sweepScript(const std::vector<Probe>& probes, const std::string& token)
{
    std::map<std::string, std::size_t> tools;
    std::vector<std::string> lanes; // in the order of their first probe
    std::map<std::string, std::string> lists;
    std::map<std::string, std::chrono::milliseconds> times;
    for (std::size_t i = 0; i < probes.size(); ++i) {
        for (const Probe::Alternative& alternative : probes[i].alternatives)
            for (const std::string& tool : alternative.needs)
                tools.try_emplace(tool, tools.size());
        std::string lane = probes[i].lane.empty() ? "main" : probes[i].lane;
        std::replace(lane.begin(), lane.end(), '-', '_');
        if (!lists.contains(lane))
            lanes.push_back(lane);
        std::string& list = lists[lane];
        list += (list.empty() ? "" : " ") + std::to_string(i);
        // After a first timeout a lane is sick and its others get three seconds; both with the grace for killing.
        times[lane] += std::min(probes[i].timeLimit, std::chrono::milliseconds(3000)) + std::chrono::seconds(3);
        times[lane] = std::max(times[lane], probes[i].timeLimit + std::chrono::seconds(10));
    }

    std::string text = "T=" + token + " N=" + randomToken().substr(0, 16) + " E=" + std::to_string(errorLimit) + "\n" + prologue;
    for (const auto& [tool, number] : tools)
        text += "h" + std::to_string(number) + "=0; command -v " + tool + " >/dev/null 2>&1 && h" + std::to_string(number) + "=1\n";
    for (std::size_t i = 0; i < probes.size(); ++i)
        text += chooser(i, probes[i], tools);
    std::string names;
    for (const std::string& lane : lanes) {
        text += "list_" + lane + "='" + lists[lane] + "'\n";
        names += (names.empty() ? "" : " ") + lane;
    }
    text += "lanes='" + names + "' left=" + std::to_string(probes.size()) + "\n";
    // The left side of the pipe ends at once: what hangs in the background keeps nobody waiting. Only gather() has the
    // way back to us.
    text += "now\nprintf '\\n@MEDIC %s H 1 %s %s\\n' \"$T\" \"$u\" \"$n\"\n"
            "if [ -n \"$d\" ]; then {\n";
    for (const std::string& lane : lanes)
        text += "lane " + lane + " \"$list_" + lane + "\" </dev/null 2>/dev/null &\n";
    text += "ticks </dev/null 2>/dev/null &\n} | gather 2>/dev/null\nelse alone; fi\nexit 0\n";

    SweepScript script {std::move(text), token, std::chrono::seconds(20)};
    for (const auto& [lane, time] : times)
        script.timeLimit = std::max(script.timeLimit, time + std::chrono::seconds(15));
    script.timeLimit = std::min(script.timeLimit, std::chrono::milliseconds(300000));
    return script;
}

} // namespace medic::collect
