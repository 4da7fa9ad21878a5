<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>medic::BarsChart</name>
    <message>
        <source>warning from %1 %</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::CommandPalette</name>
    <message>
        <source>Paste an error, ask a path, find anything…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::ComponentRow</name>
    <message>
        <source>runtime</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::ConnectDialog</name>
    <message>
        <source>Choose a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes, line %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to a cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kubeconfig</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>apiserver through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSH user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSH port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jump hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSH configuration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Node address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hosts file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none: nodes are reached over SSH alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>directly, or a node or jump host from which it is visible</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as the SSH configuration says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>agent and the usual key files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>outermost first, separated by commas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one a line; used when the apiserver is silent, and to map names to addresses:
node-1 = root@10.0.0.11:22
node-2 = 10.0.0.12 via bastion
this-host = local</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>further nodes: one host a line, or YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use sudo where root is needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is production: changes must be confirmed by typing the cluster&apos;s name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read-only: nothing on the cluster is changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>red</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>amber</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>green</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>teal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>violet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved clusters</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::EvidenceDrawer</name>
    <message>
        <source>cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exit status %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cut short at the output limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n line(s) lit</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything that is claimed here rests on what a command printed. Choose a line of evidence, a component or an observation, and its raw output appears here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the evidence (F9)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next lit line (N)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous lit line (Shift+N)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find in output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Errors</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::FilterBar</name>
    <message>
        <source>Only: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::FindingPanel</name>
    <message>
        <source>since %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it means</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why it matters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How we know</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ours: links and notes of the team</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>References</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a link or a note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it printed nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>and %n more line(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Evidence: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>link is dead</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::FindingsModel</name>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n in all)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n place(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::FindingsView</name>
    <message>
        <source>No cluster, no incident</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to a cluster or open a recorded incident; what is wrong with it appears here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the start page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sweep is running; findings appear as soon as their facts have come.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not looked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A sweep asks the apiserver and every node once, read-only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sweep now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every check that could run passed. What could not be looked at would be listed here as unknown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter findings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::HeaderBar</name>
    <message>
        <source>No cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PRODUCTION</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read-only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changes allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste an error, ask a path, find anything…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch to Chinese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::HeatMap</name>
    <message>
        <source>Heat map of the nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>role not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as a picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the heat map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::IncidentSummary</name>
    <message numerus="yes">
        <source>%n failure(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unknown(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not looked at yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, </source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::KnowledgeModel</name>
    <message>
        <source>The team&apos;s own links and notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1, %n dead</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What can be wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Family</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>References</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ours</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::KnowledgePanel</name>
    <message>
        <source>The team&apos;s own links and notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What holds for every cluster of yours: telephone lists, runbooks, dashboards. What belongs to one finding is kept beside that finding.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s) here</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>What it means</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why it matters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>References</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pasted text that means this (regular expressions)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Links</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ours: links and notes of the team</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It works again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark as dead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes cannot be kept: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Title</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Title of a new link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of a new link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes of the team, kept in %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes of the team</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A link begins with https:// or http://</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::KnowledgeView</name>
    <message>
        <source>Search what can be wrong, in English or Chinese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Knowledge</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::MainWindow</name>
    <message>
        <source>Clusters…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open an incident…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no %1 here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sweep again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the sweep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the evidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to a cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open an incident</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch to Chinese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>follow this packet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a recording: there is nothing to sweep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to a cluster first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Incidents (*.medic)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no saved cluster %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster Medic</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::NodeFacts</name>
    <message>
        <source>cordoned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>up %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>healthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in state %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no configuration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no nameserver</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>page cache</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>swap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>conntrack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>inodes %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::NodePanel</name>
    <message>
        <source>Findings (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Observations (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to all nodes (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sweep this node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File systems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pressure, last minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Limits of the kernel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::NodesModel</name>
    <message>
        <source>waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>partial</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What matters most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::NodesView</name>
    <message>
        <source>No cluster, no incident</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to a cluster or open a recorded incident; its nodes appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the start page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking for the nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The apiserver is asked first; where it does not answer, the profile&apos;s own list and hosts file are used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No nodes yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was contacted so far. A sweep asks the apiserver and every node once, read-only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sweep now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No nodes in this incident</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recording holds no observation of any node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::ObservationsModel</name>
    <message>
        <source>cut short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Took</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::OutputView</name>
    <message>
        <source>Raw output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select all</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::SecretsDialog</name>
    <message>
        <source>Needed to reach the nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) could not be reached without this:</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Unknown host key of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passphrase of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sudo password of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I have compared the fingerprint: remember this key in known_hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept in memory until the window closes; never in a file, a log or a report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave these nodes out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::StartView</name>
    <message>
        <source>None yet. Every sweep is kept as an incident and appears here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PRODUCTION</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None saved yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This build was made without recorded samples.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No guide knows these words. Connect and sweep: the checks look without being told.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wrong?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste the error message, in English or Chinese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to a cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over SSH, through the apiserver, or both; read-only unless you say otherwise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open an incident</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A recorded one: everything works as on the live cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent incidents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples to try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::StatusStrip</name>
    <message numerus="yes">
        <source>%1 of %n node(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n slow</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unreachable</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>our load: %1 cmd/s, %2/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::TableText</name>
    <message>
        <source>Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>medic::numbers</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>just now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
