<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>ctl</name>
    <message>
        <source>the incident file to be written; must not exist yet</source>
        <translation>要写入的事件文件，必须尚不存在</translation>
    </message>
    <message>
        <source>also what is large: whole connection tables, long logs</source>
        <translation>连同体量大的内容：完整连接表、较长的日志</translation>
    </message>
    <message>
        <source>text (default), json or junit</source>
        <translation>text（默认）、json 或 junit</translation>
    </message>
    <message>
        <source>in the text also what is all right</source>
        <translation>文本中也列出正常项</translation>
    </message>
    <message>
        <source>what the file says was found at the time, instead of checking again</source>
        <translation>采用文件中当时记录的结论，不重新检查</translation>
    </message>
    <message>
        <source>with one file: the two nodes; with two: only this node</source>
        <translation>一个文件时：要比较的两个节点；两个文件时：只比较该节点</translation>
    </message>
    <message>
        <source>text (default) or json</source>
        <translation>text（默认）或 json</translation>
    </message>
    <message>
        <source>the copy to be written; must not exist yet</source>
        <translation>要写入的副本，必须尚不存在</translation>
    </message>
    <message>
        <source>key file: used if it exists, else made (default: SHARE.medic.key); keep it to yourself</source>
        <translation>密钥文件：已存在则使用，否则新建（默认 SHARE.medic.key）；请自行妥善保管</translation>
    </message>
    <message>
        <source>a further host name to replace (repeatable)</source>
        <translation>另需替换的主机名（可重复）</translation>
    </message>
    <message>
        <source>a host name that may stay, as node-1 (repeatable)</source>
        <translation>可以保留原样的主机名，例如 node-1（可重复）</translation>
    </message>
    <message>
        <source>a further user name to replace (repeatable)</source>
        <translation>另需替换的用户名（可重复）</translation>
    </message>
    <message>
        <source>its ending decides: .pdf, .html, .md or .json</source>
        <translation>由扩展名决定：.pdf、.html、.md 或 .json</translation>
    </message>
    <message>
        <source>an address, or address:port</source>
        <translation>地址，或 地址:端口</translation>
    </message>
    <message>
        <source>tcp, udp, sctp or icmp</source>
        <translation>tcp、udp、sctp 或 icmp</translation>
    </message>
    <message>
        <source>a number, as in 0x4000</source>
        <translation>数值，例如 0x4000</translation>
    </message>
    <message>
        <source>NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED</source>
        <translation>NEW、ESTABLISHED、RELATED、INVALID 或 UNTRACKED</translation>
    </message>
    <message>
        <source>a folder with one node&apos;s raw outputs</source>
        <translation>存放单个节点原始输出的目录</translation>
    </message>
    <message>
        <source>the node, in an incident file</source>
        <translation>事件文件中的节点</translation>
    </message>
    <message>
        <source>the source; without it the node itself</source>
        <translation>源地址；省略则为节点自身</translation>
    </message>
    <message>
        <source>the destination</source>
        <translation>目的地址</translation>
    </message>
    <message>
        <source>tcp (default), udp, sctp or icmp</source>
        <translation>tcp（默认）、udp、sctp 或 icmp</translation>
    </message>
    <message>
        <source>the interface by which it enters; by default where the source is</source>
        <translation>数据包进入的接口；默认按源地址所在位置</translation>
    </message>
    <message>
        <source>the packet&apos;s mark</source>
        <translation>数据包的 mark</translation>
    </message>
    <message>
        <source>NEW (default), ESTABLISHED, RELATED, INVALID or UNTRACKED</source>
        <translation>NEW（默认）、ESTABLISHED、RELATED、INVALID 或 UNTRACKED</translation>
    </message>
    <message>
        <source>%1: done, %2 probes</source>
        <translation>%1：完成，%2 个探针</translation>
    </message>
    <message>
        <source>%1: %2 of %3 probes</source>
        <translation>%1：%3 个探针中的 %2 个</translation>
    </message>
    <message>
        <source>%1: failed</source>
        <translation>%1：失败</translation>
    </message>
    <message>
        <source>%1: cancelled</source>
        <translation>%1：已取消</translation>
    </message>
    <message>
        <source>cancelling …</source>
        <translation>正在取消……</translation>
    </message>
    <message>
        <source>%1. Trust it from now on? [y/N] </source>
        <translation>%1。今后信任它？[y/N] </translation>
    </message>
    <message>
        <source>That was not right. </source>
        <translation>输入有误。</translation>
    </message>
    <message>
        <source>no profile is saved</source>
        <translation>没有已保存的集群配置</translation>
    </message>
    <message>
        <source>saved are: %1</source>
        <translation>已保存的有：%1</translation>
    </message>
    <message>
        <source>how the apiserver is reached, as for kubectl</source>
        <translation>连接 apiserver 的方式，与 kubectl 相同</translation>
    </message>
    <message>
        <source>context of the kubeconfig; alone: of kubectl&apos;s own files</source>
        <translation>kubeconfig 的上下文；单独使用时取自 kubectl 自己的文件</translation>
    </message>
    <message>
        <source>nodes for SSH, one a line or YAML: host, user, port, jump …</source>
        <translation>SSH 节点，每行一个或 YAML：host、user、port、jump……</translation>
    </message>
    <message>
        <source>instead of ~/.ssh/config</source>
        <translation>替代 ~/.ssh/config</translation>
    </message>
    <message>
        <source>private key for SSH</source>
        <translation>SSH 私钥</translation>
    </message>
    <message>
        <source>[user@]host[:port] to go through; several from the outside in</source>
        <translation>途经的跳板机 [user@]host[:port]；多个时由外到内</translation>
    </message>
    <message>
        <source>become root by sudo</source>
        <translation>通过 sudo 获得 root 权限</translation>
    </message>
    <message>
        <source>this machine is the node</source>
        <translation>本机即为节点</translation>
    </message>
    <message>
        <source>a cluster saved in the window</source>
        <translation>窗口中保存的集群</translation>
    </message>
    <message>
        <source>only this node (repeatable)</source>
        <translation>仅该节点（可重复）</translation>
    </message>
    <message>
        <source>only this suite (repeatable)</source>
        <translation>仅该套件（可重复）</translation>
    </message>
    <message>
        <source>neither an apiserver nor a node is named</source>
        <translation>既未指定 apiserver，也未指定节点</translation>
    </message>
    <message>
        <source>unknown suite %1; there are: %2</source>
        <translation>未知套件 %1；可用的有：%2</translation>
    </message>
    <message>
        <source>Sweep the nodes and the apiserver and write an incident file</source>
        <translation>采集各节点与 apiserver 并写入事件文件</translation>
    </message>
    <message>
        <source>Run the diagnostic suites and print what they find, with its evidence</source>
        <translation>运行诊断套件，输出结论及其证据</translation>
    </message>
    <message>
        <source>Compare two moments or two nodes by meaning</source>
        <translation>按语义比较两个时刻或两个节点</translation>
    </message>
    <message>
        <source>Make a copy that can be shared: addresses, names and secrets replaced</source>
        <translation>生成可对外分享的副本：地址、名称与机密均已替换</translation>
    </message>
    <message>
        <source>Follow one packet through a node</source>
        <translation>跟踪一个数据包穿过节点的路径</translation>
    </message>
    <message>
        <source>Write the incident report</source>
        <translation>生成事件报告</translation>
    </message>
    <message>
        <source>unknown option %1</source>
        <translation>未知选项 %1</translation>
    </message>
    <message>
        <source>%1 takes no value</source>
        <translation>%1 不带值</translation>
    </message>
    <message>
        <source>%1 needs a value: %2</source>
        <translation>%1 需要一个值：%2</translation>
    </message>
    <message>
        <source>%1 is given twice</source>
        <translation>%1 给出了两次</translation>
    </message>
    <message>
        <source>Usage: medicctl %1 %2</source>
        <translation>用法：medicctl %1 %2</translation>
    </message>
    <message>
        <source>load balancer IP</source>
        <translation>负载均衡 IP</translation>
    </message>
    <message>
        <source>from the node</source>
        <translation>自本节点</translation>
    </message>
    <message>
        <source>from Pod %1</source>
        <translation>自 Pod %1</translation>
    </message>
    <message>
        <source>from outside (%1)</source>
        <translation>自集群外（%1）</translation>
    </message>
    <message>
        <source>the Service has no such endpoint</source>
        <translation>该 Service 没有这个端点</translation>
    </message>
    <message>
        <source>this endpoint is not ready</source>
        <translation>该端点未就绪</translation>
    </message>
    <message>
        <source>this endpoint is terminating</source>
        <translation>该端点正在终止</translation>
    </message>
    <message>
        <source>this endpoint is not for this node (policy Local, or hints)</source>
        <translation>该端点不属于本节点（策略为 Local，或有拓扑提示）</translation>
    </message>
    <message>
        <source>it belongs to another Service</source>
        <translation>它属于另一个 Service</translation>
    </message>
    <message>
        <source>the endpoint has another port</source>
        <translation>该端点的端口不同</translation>
    </message>
    <message>
        <source>a rule refuses, as if there were no endpoints</source>
        <translation>有规则直接拒绝，如同没有端点</translation>
    </message>
    <message>
        <source>no rule knows this address, not even to refuse</source>
        <translation>没有规则认识此地址，连拒绝的都没有</translation>
    </message>
    <message>
        <source>kube-proxy&apos;s rules do not know this address</source>
        <translation>kube-proxy 的规则不认识此地址</translation>
    </message>
    <message>
        <source>no rule translates it; the node itself gets the packets</source>
        <translation>没有规则转换它；报文由节点自身接收</translation>
    </message>
    <message>
        <source>no rule translates it; the packets leave as they are</source>
        <translation>没有规则转换它；报文原样离开节点</translation>
    </message>
    <message>
        <source>a network policy drops it before</source>
        <translation>此前已被网络策略丢弃</translation>
    </message>
    <message>
        <source>a client outside of loadBalancerSourceRanges gets through</source>
        <translation>loadBalancerSourceRanges 之外的客户端也能通过</translation>
    </message>
    <message>
        <source>sessionAffinity ClientIP is not in the rules</source>
        <translation>规则中没有 sessionAffinity ClientIP</translation>
    </message>
    <message>
        <source>the rules keep clients to one endpoint, the Service does not ask for it</source>
        <translation>规则把客户端固定到一个端点，而 Service 并未要求</translation>
    </message>
    <message>
        <source>taken by a hostPort</source>
        <translation>被 hostPort 截走</translation>
    </message>
    <message>
        <source>taken by a rule of %1</source>
        <translation>被 %1 的规则截走</translation>
    </message>
    <message>
        <source>rule %1</source>
        <translation>规则 %1</translation>
    </message>
    <message>
        <source>line %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>%1 gets nothing</source>
        <translation>%1 收不到任何报文</translation>
    </message>
    <message>
        <source>%1 gets %2 of the packets</source>
        <translation>%1 收到 %2 的报文</translation>
    </message>
    <message>
        <source>this rule can never match; an earlier one takes all its packets</source>
        <translation>这条规则永远不会匹配：它的报文全被前面的规则接走</translation>
    </message>
    <message>
        <source>this rule can never match, and would change nothing</source>
        <translation>这条规则永远不会匹配，有无都一样</translation>
    </message>
    <message>
        <source>iptables-legacy and iptables-nft both hold rules: packets pass both</source>
        <translation>iptables-legacy 与 iptables-nft 中都有规则：报文会经过两者</translation>
    </message>
    <message>
        <source>what this rule accepts, a native nftables chain drops all the same</source>
        <translation>这条规则放行的报文，仍会被原生 nftables 链丢弃</translation>
    </message>
    <message>
        <source>this rule was meant for marked packets and meets all: its mark was lost</source>
        <translation>这条规则本应只处理带标记的报文，标记匹配丢失后作用于全部报文</translation>
    </message>
    <message>
        <source>hostPorts stand before kube-proxy&apos;s rules here and behind them there</source>
        <translation>hostPort 规则在此处先于 kube-proxy 的规则，在另一处却在其后</translation>
    </message>
    <message>
        <source>ipset %1 is asked and is not there</source>
        <translation>引用的 ipset %1 不存在</translation>
    </message>
    <message>
        <source>chain %1 is jumped to and is not there</source>
        <translation>跳转到的链 %1 不存在</translation>
    </message>
    <message>
        <source>the node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>%1 Service ports</source>
        <translation>%1 个 Service 端口</translation>
    </message>
    <message>
        <source>no Service has this address and port</source>
        <translation>没有 Service 使用此地址和端口</translation>
    </message>
    <message>
        <source>conflict</source>
        <translation>冲突</translation>
    </message>
    <message>
        <source>remark</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>by</source>
        <translation>被</translation>
    </message>
    <message>
        <source>note:</source>
        <translation>注意：</translation>
    </message>
    <message>
        <source>note: and %1 more</source>
        <translation>注意：另有 %1 条</translation>
    </message>
    <message>
        <source>ok</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>wrong policy</source>
        <translation>策略不符</translation>
    </message>
    <message>
        <source>wrong share</source>
        <translation>份额不符</translation>
    </message>
    <message>
        <source>missing endpoint</source>
        <translation>缺少端点</translation>
    </message>
    <message>
        <source>stale endpoint</source>
        <translation>过期端点</translation>
    </message>
    <message>
        <source>extra</source>
        <translation>多余规则</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>不可达</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>没有规则</translation>
    </message>
    <message>
        <source>stolen</source>
        <translation>被截走</translation>
    </message>
    <message>
        <source>apiserver</source>
        <translation>apiserver</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source> … (%1 more characters)</source>
        <translation> …（还有 %1 个字符）</translation>
    </message>
    <message>
        <source>exit status %1</source>
        <translation>退出码 %1</translation>
    </message>
    <message>
        <source>… and %1 more lines</source>
        <translation>… 还有 %1 行</translation>
    </message>
    <message>
        <source>since %1</source>
        <translation>始于 %1</translation>
    </message>
    <message>
        <source>Next:</source>
        <translation>下一步：</translation>
    </message>
    <message>
        <source>Not known:</source>
        <translation>未能得知：</translation>
    </message>
    <message>
        <source>Nothing could be checked: there are no observations of what the suites ask for.</source>
        <translation>无法检查：没有这些检查所需的观测数据。</translation>
    </message>
    <message>
        <source>A defect of a suite: %1</source>
        <translation>检查自身的缺陷：%1</translation>
    </message>
    <message>
        <source>%1 holds no such node</source>
        <translation>%1 中没有该节点</translation>
    </message>
    <message>
        <source>a folder with services.json, endpointslices.json or endpoints.json, pods.json, nodes.json</source>
        <translation>存有 services.json、endpointslices.json 或 endpoints.json、pods.json、nodes.json 的目录</translation>
    </message>
    <message>
        <source>only this node; with --dump: which node it is (may be repeated for a file)</source>
        <translation>只看此节点；与 --dump 同用时指明是哪个节点（对文件可重复）</translation>
    </message>
    <message>
        <source>--format %1: expected text or json</source>
        <translation>--format %1：应为 text 或 json</translation>
    </message>
    <message>
        <source>expected either one FILE.medic, or --dump DIR and --api DIR</source>
        <translation>应为一个 FILE.medic，或 --dump DIR 与 --api DIR</translation>
    </message>
    <message>
        <source>--node is given twice, and --dump is one node</source>
        <translation>--node 给出了两次，而 --dump 只有一个节点</translation>
    </message>
    <message>
        <source>the Services were not collected: there is nothing to compare the rules with</source>
        <translation>没有采集到 Service：规则无从比对</translation>
    </message>
    <message>
        <source>capture takes no file: %1 (the output is -o FILE.medic)</source>
        <translation>capture 不接受文件参数：%1（输出用 -o FILE.medic）</translation>
    </message>
    <message>
        <source>capture needs -o FILE.medic</source>
        <translation>capture 需要 -o FILE.medic</translation>
    </message>
    <message>
        <source>capture needs a cluster: --kubeconfig, --nodes, --profile, --ssh-config with --node, or --local</source>
        <translation>capture 需要指明集群：--kubeconfig、--nodes、--profile、--ssh-config 加 --node，或 --local</translation>
    </message>
    <message>
        <source>%1: %2 nodes, %3 observations, %4 of them unknown, %5 KB</source>
        <translation>%1：%2 个节点，%3 条观测，其中 %4 条未知，%5 KB</translation>
    </message>
    <message>
        <source>--format is text, json or junit, not %1</source>
        <translation>--format 只能是 text、json 或 junit，不能是 %1</translation>
    </message>
    <message>
        <source>check takes one FILE.medic or a connection, not both</source>
        <translation>check 只接受一个 FILE.medic 或一个连接，不能兼有</translation>
    </message>
    <message>
        <source>check needs FILE.medic or a connection (--kubeconfig, --nodes, --profile, --local …)</source>
        <translation>check 需要 FILE.medic 或连接参数（--kubeconfig、--nodes、--profile、--local …）</translation>
    </message>
    <message>
        <source>--recorded needs FILE.medic</source>
        <translation>--recorded 需要 FILE.medic</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Components</source>
        <translation>组件</translation>
    </message>
    <message>
        <source>Sysctls</source>
        <translation>内核参数</translation>
    </message>
    <message>
        <source>iptables rules</source>
        <translation>iptables 规则</translation>
    </message>
    <message>
        <source>ipsets</source>
        <translation>ipset</translation>
    </message>
    <message>
        <source>IPVS</source>
        <translation>IPVS</translation>
    </message>
    <message>
        <source>Routes</source>
        <translation>路由</translation>
    </message>
    <message>
        <source>Routing rules</source>
        <translation>路由策略</translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Kernel modules</source>
        <translation>内核模块</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>No difference.</source>
        <translation>没有差异。</translation>
    </message>
    <message>
        <source>--format is text or json, not %1</source>
        <translation>--format 只能是 text 或 json，不能是 %1</translation>
    </message>
    <message>
        <source>diff needs A.medic and B.medic, or FILE.medic with --node N1 --node N2</source>
        <translation>diff 需要 A.medic 与 B.medic，或 FILE.medic 加 --node N1 --node N2</translation>
    </message>
    <message>
        <source>%1 holds no node %2</source>
        <translation>%1 中没有节点 %2</translation>
    </message>
    <message>
        <source>risk: %1</source>
        <translation>风险：%1</translation>
    </message>
    <message>
        <source>No verdict.</source>
        <translation>没有结论。</translation>
    </message>
    <message>
        <source>medicctl: the step %1 needs an answer (--answers): %2</source>
        <translation>medicctl：步骤 %1 需要回答（--answers）：%2</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>一段文字</translation>
    </message>
    <message>
        <source>unknown playbook %1; there are: %2</source>
        <translation>没有向导 %1；现有：%2</translation>
    </message>
    <message>
        <source>redact needs one FILE.medic</source>
        <translation>redact 需要一个 FILE.medic</translation>
    </message>
    <message>
        <source>redact needs -o SHARE.medic</source>
        <translation>redact 需要 -o SHARE.medic</translation>
    </message>
    <message>
        <source>%1: %2 observations, %3 names and addresses replaced</source>
        <translation>%1：%2 条观测，替换了 %3 个名称与地址</translation>
    </message>
    <message>
        <source>%1 tells which stand-in is whose: do not share it</source>
        <translation>%1 记录了替代值与原值的对应关系：请勿外传</translation>
    </message>
    <message>
        <source>it renders the PDF; choose html, md or json</source>
        <translation>PDF 由它生成；请改用 html、md 或 json</translation>
    </message>
    <message>
        <source>report needs one FILE.medic</source>
        <translation>report 需要一个 FILE.medic</translation>
    </message>
    <message>
        <source>report needs -o OUT.{pdf,html,md,json}</source>
        <translation>report 需要 -o OUT.{pdf,html,md,json}</translation>
    </message>
    <message>
        <source>%1: the ending must be .pdf, .html, .md or .json</source>
        <translation>%1：扩展名应为 .pdf、.html、.md 或 .json</translation>
    </message>
    <message>
        <source>Every Service against what the nodes&apos; rules really do</source>
        <translation>逐个 Service 核对节点规则的实际行为</translation>
    </message>
    <message>
        <source>medicctl diagnoses Kubernetes clusters without a screen.</source>
        <translation>medicctl：无界面的 Kubernetes 集群诊断。</translation>
    </message>
    <message>
        <source>Usage: medicctl [--lang en|zh] COMMAND …</source>
        <translation>用法：medicctl [--lang en|zh] 命令 …</translation>
    </message>
    <message>
        <source>`medicctl COMMAND --help` tells the rest. Exit status: 0 nothing wrong, 1 problems found,
2 wrong usage or unreadable input, 3 nothing wrong found but something stayed unknown.</source>
        <translation>详情见 `medicctl 命令 --help`。退出码：0 未见异常，1 发现问题，
2 用法错误或输入不可读，3 未见异常但有未知项。</translation>
    </message>
    <message>
        <source>--lang is en or zh</source>
        <translation>--lang 只能是 en 或 zh</translation>
    </message>
    <message>
        <source>unknown command %1; `medicctl --help` lists them</source>
        <translation>未知命令 %1；`medicctl --help` 列出全部命令</translation>
    </message>
    <message>
        <source>from node to node through the whole incident file, and the answer back</source>
        <translation>在整个事件文件中逐节点跟踪，包括应答的回程</translation>
    </message>
    <message>
        <source>the playbook %1 has no step %2</source>
        <translation>向导 %1 没有步骤 %2</translation>
    </message>
    <message>
        <source>%1 %2: the actions of %3 are: %4</source>
        <translation>%1 %2：%3 的操作步骤有：%4</translation>
    </message>
    <message>
        <source>the profile %1 is read-only: nothing can be confirmed</source>
        <translation>配置 %1 为只读，不能确认任何操作</translation>
    </message>
    <message>
        <source>answers to the questions, one `step: answer` a line; `skip` passes over a wait</source>
        <translation>各问题的答案，每行一个“步骤: 答案”；等待步骤写 skip 表示跳过</translation>
    </message>
    <message>
        <source>live: this action may run; NAME: the cluster&apos;s name, where it has to be typed</source>
        <translation>在线：允许执行该操作；NAME 为需要键入时的集群名称</translation>
    </message>
    <message>
        <source>live: its rollback may run when the action has not worked</source>
        <translation>在线：操作无效时允许执行其回滚</translation>
    </message>
    <message>
        <source>the incident with the run recorded in it (of a recording: a copy); must not exist yet</source>
        <translation>记录了本次运行的事件文件（对录制文件则为副本）；不能已存在</translation>
    </message>
    <message>
        <source>playbook run takes one FILE.medic or a connection, not both</source>
        <translation>playbook run 需要一个 FILE.medic 或一个连接，不能同时给出</translation>
    </message>
    <message>
        <source>playbook needs list, show ID, or run ID FILE.medic (or a connection)</source>
        <translation>playbook 需要 list、show ID，或 run ID FILE.medic（或连接）</translation>
    </message>
    <message>
        <source>--confirm and --roll-back need a connection: nothing is run on a recording</source>
        <translation>--confirm 与 --roll-back 需要连接：对录制文件不执行任何命令</translation>
    </message>
    <message>
        <source>%1: roll back on %2 (risk: %3)</source>
        <translation>%1：在 %2 上回滚（风险：%3）</translation>
    </message>
    <message>
        <source>%1: change %2 (risk: %3)</source>
        <translation>%1：变更 %2（风险：%3）</translation>
    </message>
    <message>
        <source>Pods on %1: %2</source>
        <translation>%1 上的 Pod：%2</translation>
    </message>
    <message>
        <source>; a control-plane node</source>
        <translation>；控制面节点</translation>
    </message>
    <message>
        <source>%1 more places only when this one has worked</source>
        <translation>此处成功后才会继续其余 %1 处</translation>
    </message>
    <message>
        <source>  not run: --roll-back %1 confirms it</source>
        <translation>  未执行：用 --roll-back %1 确认</translation>
    </message>
    <message>
        <source>  not run: --confirm %1 confirms it</source>
        <translation>  未执行：用 --confirm %1 确认</translation>
    </message>
    <message>
        <source>%1: waiting %2 s</source>
        <translation>%1：等待 %2 秒</translation>
    </message>
    <message>
        <source>The wizards: list them, show one, run one on a recorded incident or a live cluster</source>
        <translation>向导：列出、查看，或在录制的事件或在线集群上运行</translation>
    </message>
    <message>
        <source>the name of an interface</source>
        <translation>接口名</translation>
    </message>
    <message>
        <source>also the answer of each branch</source>
        <translation>同时跟踪每个分支的应答包</translation>
    </message>
    <message>
        <source>also the rules that did not match</source>
        <translation>同时列出未匹配的规则</translation>
    </message>
    <message>
        <source>no node is in it</source>
        <translation>其中没有任何节点</translation>
    </message>
    <message>
        <source>the nodes are: %1</source>
        <translation>节点有：%1</translation>
    </message>
    <message>
        <source>%1: %2 is none of its answers: %3</source>
        <translation>%1：%2 不在可选答案之列：%3</translation>
    </message>
    <message>
        <source>… and %1 more rows (--all)</source>
        <translation>……另有 %1 行（--all）</translation>
    </message>
</context>
<context>
    <name>medic::ctl</name>
    <message>
        <source>%1 %2: expected %3</source>
        <translation>%1 %2：应为 %3</translation>
    </message>
    <message>
        <source>--to is missing: expected ADDR:PORT</source>
        <translation>缺少 --to：应为 地址:端口</translation>
    </message>
    <message>
        <source>--from and --to are not of the same address family</source>
        <translation>--from 与 --to 不属于同一地址族</translation>
    </message>
    <message>
        <source>--to %1: expected %2</source>
        <translation>--to %1：应为 %2</translation>
    </message>
    <message>
        <source>a port as well, as in 10.96.0.1:443</source>
        <translation>还需要端口，例如 10.96.0.1:443</translation>
    </message>
    <message>
        <source>--format %1: expected text or json</source>
        <translation>--format %1：应为 text 或 json</translation>
    </message>
    <message>
        <source>expected either FILE.medic --node NODE or --dump DIR</source>
        <translation>应为 FILE.medic --node NODE 或 --dump DIR</translation>
    </message>
    <message>
        <source>delivered to this node</source>
        <translation>由本节点接收</translation>
    </message>
    <message>
        <source>leaves the node</source>
        <translation>离开节点</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>被丢弃</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>no route</source>
        <translation>无路由</translation>
    </message>
    <message>
        <source>refused as martian</source>
        <translation>因 martian 地址被拒</translation>
    </message>
    <message>
        <source>given to a program</source>
        <translation>交给用户态程序</translation>
    </message>
    <message>
        <source>cannot be decided</source>
        <translation>无法判定</translation>
    </message>
    <message>
        <source>(if what is not known is so)</source>
        <translation>（以未知条件成立为前提）</translation>
    </message>
    <message>
        <source>(the source port is any free one)</source>
        <translation>（源端口为任意空闲端口）</translation>
    </message>
    <message>
        <source>warning: %1</source>
        <translation>警告：%1</translation>
    </message>
    <message>
        <source>Way %1</source>
        <translation>路径 %1</translation>
    </message>
    <message>
        <source>Answer %1.%2</source>
        <translation>应答 %1.%2</translation>
    </message>
    <message>
        <source>--across needs an incident file: a dump holds one node</source>
        <translation>--across 需要事件文件：dump 目录只有一个节点</translation>
    </message>
    <message>
        <source>reaches the Pod</source>
        <translation>到达 Pod</translation>
    </message>
    <message>
        <source>reaches the node</source>
        <translation>到达节点</translation>
    </message>
    <message>
        <source>leaves the cluster</source>
        <translation>离开集群</translation>
    </message>
    <message>
        <source>is refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>cannot be followed further</source>
        <translation>无法继续跟踪</translation>
    </message>
    <message>
        <source>node %1</source>
        <translation>节点 %1</translation>
    </message>
    <message>
        <source>The answer %1</source>
        <translation>应答%1</translation>
    </message>
</context>
<context>
    <name>medic::words</name>
    <message>
        <source>this</source>
        <translation>此项</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>ok</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>not applicable</source>
        <translation>不适用</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>failure</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>possible</source>
        <translation>可能</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>很可能</translation>
    </message>
    <message>
        <source>confirmed</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>tool missing</source>
        <translation>缺少工具</translation>
    </message>
    <message>
        <source>no permission</source>
        <translation>权限不足</translation>
    </message>
    <message>
        <source>timed out</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>无法到达</translation>
    </message>
    <message>
        <source>connection lost</source>
        <translation>连接中断</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>%1 cannot be read</source>
        <translation>无法解析 %1</translation>
    </message>
    <message>
        <source>%1 has a value that is not possible</source>
        <translation>%1 的取值无效</translation>
    </message>
    <message>
        <source>%1 is missing</source>
        <translation>缺少 %1</translation>
    </message>
    <message>
        <source>%1 is not UTF-8 text</source>
        <translation>%1 不是 UTF-8 文本</translation>
    </message>
    <message>
        <source>%1 does not exist</source>
        <translation>%1 不存在</translation>
    </message>
    <message>
        <source>%1 cannot be read: no permission</source>
        <translation>无法读取 %1：权限不足</translation>
    </message>
    <message>
        <source>%1 cannot be written</source>
        <translation>无法写入 %1</translation>
    </message>
    <message>
        <source>The disk is full: %1</source>
        <translation>磁盘已满：%1</translation>
    </message>
    <message>
        <source>%1 is not an incident file</source>
        <translation>%1 不是事件文件</translation>
    </message>
    <message>
        <source>The incident file %1 is damaged; it was left untouched</source>
        <translation>事件文件 %1 已损坏，未作任何改动</translation>
    </message>
    <message>
        <source>%1 was written by a newer version of the program</source>
        <translation>%1 由更新版本的程序写入</translation>
    </message>
    <message>
        <source>%1 is open in another window</source>
        <translation>%1 已在另一个窗口中打开</translation>
    </message>
    <message>
        <source>The name %1 cannot be resolved</source>
        <translation>无法解析名称 %1</translation>
    </message>
    <message>
        <source>%1 refuses the connection</source>
        <translation>%1 拒绝连接</translation>
    </message>
    <message>
        <source>There is no route to %1</source>
        <translation>没有到 %1 的路由</translation>
    </message>
    <message>
        <source>%1 did not answer in time</source>
        <translation>%1 未在时限内应答</translation>
    </message>
    <message>
        <source>Cancelled: %1</source>
        <translation>已取消：%1</translation>
    </message>
    <message>
        <source>The connection to %1 was lost</source>
        <translation>到 %1 的连接已中断</translation>
    </message>
    <message>
        <source>The output of %1 is larger than its limit</source>
        <translation>%1 的输出超出上限</translation>
    </message>
    <message>
        <source>The host key of %1 is not known</source>
        <translation>%1 的主机密钥未知</translation>
    </message>
    <message>
        <source>The host key differs from the one on record: %1</source>
        <translation>主机密钥与记录不符：%1</translation>
    </message>
    <message>
        <source>The host key is revoked: %1</source>
        <translation>主机密钥已吊销：%1</translation>
    </message>
    <message>
        <source>%1 accepts none of our keys and passwords</source>
        <translation>%1 不接受我方的任何密钥或密码</translation>
    </message>
    <message>
        <source>The key %1 needs its passphrase</source>
        <translation>密钥 %1 需要口令</translation>
    </message>
    <message>
        <source>%1 needs a password</source>
        <translation>%1 需要密码</translation>
    </message>
    <message>
        <source>sudo on %1 needs a password</source>
        <translation>%1 上的 sudo 需要密码</translation>
    </message>
    <message>
        <source>sudo is refused on %1</source>
        <translation>%1 上的 sudo 被拒绝</translation>
    </message>
    <message>
        <source>The jump host %1 does not let us through</source>
        <translation>跳板机 %1 不允许通过</translation>
    </message>
    <message>
        <source>%1 does not speak the protocol that was expected</source>
        <translation>%1 使用的协议与预期不符</translation>
    </message>
    <message>
        <source>The certificate of %1 is not trusted</source>
        <translation>%1 的证书不受信任</translation>
    </message>
    <message>
        <source>The certificate of %1 has expired</source>
        <translation>%1 的证书已过期</translation>
    </message>
    <message>
        <source>The certificate of %1 is not valid yet</source>
        <translation>%1 的证书尚未生效</translation>
    </message>
    <message>
        <source>The certificate of %1 is for another name</source>
        <translation>%1 的证书与名称不匹配</translation>
    </message>
    <message>
        <source>TLS with %1 failed</source>
        <translation>与 %1 的 TLS 握手失败</translation>
    </message>
    <message>
        <source>%1 does not know who we are (401)</source>
        <translation>%1 无法识别我方身份（401）</translation>
    </message>
    <message>
        <source>%1 is forbidden for us (403)</source>
        <translation>无权访问 %1（403）</translation>
    </message>
    <message>
        <source>%1 does not exist there (404)</source>
        <translation>%1 在对端不存在（404）</translation>
    </message>
    <message>
        <source>%1 is gone (410)</source>
        <translation>%1 已失效（410）</translation>
    </message>
    <message>
        <source>%1 is asked too often (429)</source>
        <translation>对 %1 的请求过于频繁（429）</translation>
    </message>
    <message>
        <source>%1 answers with an error of its own</source>
        <translation>%1 返回了服务端错误</translation>
    </message>
    <message>
        <source>%1 is not an apiserver</source>
        <translation>%1 不是 apiserver</translation>
    </message>
    <message>
        <source>The credential plugin %1 failed</source>
        <translation>凭据插件 %1 执行失败</translation>
    </message>
    <message>
        <source>The command %1 failed</source>
        <translation>命令 %1 执行失败</translation>
    </message>
    <message>
        <source>%1 is not installed there</source>
        <translation>对端未安装 %1</translation>
    </message>
    <message>
        <source>No permission for %1</source>
        <translation>没有执行 %1 的权限</translation>
    </message>
    <message>
        <source>%1 is not possible here</source>
        <translation>此处无法执行 %1</translation>
    </message>
    <message>
        <source>A defect of this program: %1</source>
        <translation>程序自身的缺陷：%1</translation>
    </message>
</context>
</TS>
