<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>medic::ActionCard</name>
    <message numerus="yes">
        <source>First here alone; %n more after it has been verified, with a confirmation of their own.</source>
        <translation>
            <numerusform>First here alone; %n more after it has been verified, with a confirmation of their own.</numerusform>
            <numerusform>First here alone; %n more after it has been verified, with a confirmation of their own.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::EvidenceColumn</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::EvidenceDrawer</name>
    <message numerus="yes">
        <source>%n line(s) lit</source>
        <translation>
            <numerusform>%n line lit</numerusform>
            <numerusform>%n lines lit</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::EvidenceExcerpt</name>
    <message numerus="yes">
        <source>and %n more line(s)</source>
        <translation>
            <numerusform>and %n more line</numerusform>
            <numerusform>and %n more lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::FindingsModel</name>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n node</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n place(s)</source>
        <translation>
            <numerusform>%n place</numerusform>
            <numerusform>%n places</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::IncidentSummary</name>
    <message numerus="yes">
        <source>%n failure(s)</source>
        <translation>
            <numerusform>%n failure</numerusform>
            <numerusform>%n failures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unknown(s)</source>
        <translation>
            <numerusform>%n unknown</numerusform>
            <numerusform>%n unknowns</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::KnowledgeModel</name>
    <message numerus="yes">
        <source>%1, %n dead</source>
        <translation>
            <numerusform>%1, %n dead</numerusform>
            <numerusform>%1, %n dead</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::KnowledgePanel</name>
    <message numerus="yes">
        <source>%n finding(s) here</source>
        <translation>
            <numerusform>%n finding here</numerusform>
            <numerusform>%n findings here</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::PlaybookList</name>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n found</numerusform>
            <numerusform>%n found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::SecretsDialog</name>
    <message numerus="yes">
        <source>%n node(s) could not be reached without this:</source>
        <translation>
            <numerusform>%n node could not be reached without this:</numerusform>
            <numerusform>%n nodes could not be reached without this:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::StatusStrip</name>
    <message numerus="yes">
        <source>%1 of %n node(s)</source>
        <translation>
            <numerusform>%1 of %n node</numerusform>
            <numerusform>%1 of %n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n node</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n slow</source>
        <translation>
            <numerusform>%n slow</numerusform>
            <numerusform>%n slow</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unreachable</source>
        <translation>
            <numerusform>%n unreachable</numerusform>
            <numerusform>%n unreachable</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::StepPage</name>
    <message numerus="yes">
        <source>%n nodes</source>
        <translation>
            <numerusform>%n nodes</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::StepsList</name>
    <message numerus="yes">
        <source>notes: %n</source>
        <translation>
            <numerusform>notes: %n</numerusform>
            <numerusform>notes: %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::numbers</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::AcrossWords</name>
    <message numerus="yes">
        <source>There are %n ways.</source>
        <translation>
            <numerusform>There are %n ways.</numerusform>
            <numerusform>There are %n ways.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>… and %n more like these.</source>
        <translation>
            <numerusform>… and %n more like these.</numerusform>
            <numerusform>… and %n more like these.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ChainMap</name>
    <message numerus="yes">
        <source>… %n more chains</source>
        <translation>
            <numerusform>… %n more chains</numerusform>
            <numerusform>… %n more chains</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ChainsPage</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ComparedLinesModel</name>
    <message numerus="yes">
        <source>… %n line(s) the same</source>
        <translation>
            <numerusform>… %n line the same</numerusform>
            <numerusform>… %n lines the same</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::KernelTraceDialog</name>
    <message numerus="yes">
        <source>The command takes the rule out when the time is over, on every signal, and a guard in a session of its own takes it out %n second(s) after that, even when the connection or the shell has died. By hand:</source>
        <translation>
            <numerusform>The command takes the rule out when the time is over, on every signal, and a guard in a session of its own takes it out %n second after that, even when the connection or the shell has died. By hand:</numerusform>
            <numerusform>The command takes the rule out when the time is over, on every signal, and a guard in a session of its own takes it out %n seconds after that, even when the connection or the shell has died. By hand:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ObservedWords</name>
    <message numerus="yes">
        <source>%n packet(s) in %1</source>
        <translation>
            <numerusform>%n packet in %1</numerusform>
            <numerusform>%n packets in %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The kernel did as predicted: %n packet(s) followed, on the way to %1.</source>
        <translation>
            <numerusform>The kernel did as predicted: %n packet followed, on the way to %1.</numerusform>
            <numerusform>The kernel did as predicted: %n packets followed, on the way to %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The kernel did not do as predicted; %n packet(s) followed.</source>
        <translation>
            <numerusform>The kernel did not do as predicted; %n packet followed.</numerusform>
            <numerusform>The kernel did not do as predicted; %n packets followed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::Observer</name>
    <message numerus="yes">
        <source>Counting for %n second(s)…</source>
        <translation>
            <numerusform>Counting for %n second…</numerusform>
            <numerusform>Counting for %n seconds…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Listening to the kernel on %1 for %n second(s)…</source>
        <translation>
            <numerusform>Listening to the kernel on %1 for %n second…</numerusform>
            <numerusform>Listening to the kernel on %1 for %n seconds…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::PathWords</name>
    <message numerus="yes">
        <source>… %n more do not fit</source>
        <translation>
            <numerusform>… %n more do not fit</numerusform>
            <numerusform>… %n more do not fit</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more ways like these</source>
        <translation>
            <numerusform>%n more ways like these</numerusform>
            <numerusform>%n more ways like these</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 leads to %n endpoints from here.</source>
        <translation>
            <numerusform>%1 leads to %n endpoints from here.</numerusform>
            <numerusform>%1 leads to %n endpoints from here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The packet can come to %n places.</source>
        <translation>
            <numerusform>The packet can come to %n places.</numerusform>
            <numerusform>The packet can come to %n places.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::WhatIfWords</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wizard</name>
    <message numerus="yes">
        <source>Pods on it: %n</source>
        <translation>
            <numerusform>Pods on it: %n</numerusform>
            <numerusform>Pods on it: %n</numerusform>
        </translation>
    </message>
</context>
</TS>
