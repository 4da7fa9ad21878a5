// SPDX-License-Identifier: GPL-3.0-or-later
// The program's own words among a finding's values are said in the reader's language; the cluster's are not touched.
#include "diagnostics/model/value_words.h"

#include <QTest>

using namespace medic;

class TestValueWords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void words_data()
    {
        QTest::addColumn<QString>("parameter");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("english");
        QTest::addColumn<QString>("chinese");
        const auto row = [](const char* parameter, const char* value, const char* english, const char* chinese) {
            QTest::newRow((std::string(parameter) + " = " + value).c_str()) << QString::fromUtf8(parameter) << QString::fromUtf8(value) << QString::fromUtf8(english) << QString::fromUtf8(chinese);
        };
        row("direction", "ingress", "ingress", "入向");
        row("direction", "egress", "egress", "出向");
        row("how", "timeout", "timeout", "超时");
        row("how", "unexpected-source", "unexpected source", "应答来源不符");
        row("how", "SERVFAIL", "SERVFAIL", "SERVFAIL");
        row("how", "no kubelet process", "no kubelet process", "没有 kubelet 进程");
        row("how", "no kube-proxy process, nothing answers on 10256", "no kube-proxy process, nothing answers on 10256", "没有 kube-proxy 进程，10256 端口无应答");
        row("how", "no process", "no process", "no process");
        row("how", "unit kubelet.service: failed", "unit kubelet.service: failed", "单元 kubelet.service：failed（失败）");
        row("pod", "timeout", "timeout", "timeout"); // a Pod of that name
        row("pod", "default/ingress", "default/ingress", "default/ingress");
    }
    void words()
    {
        QFETCH(QString, parameter);
        QFETCH(QString, value);
        QFETCH(QString, english);
        QFETCH(QString, chinese);
        QCOMPARE(QString::fromStdString(valueIn(parameter.toStdString(), value.toStdString(), Language::English)), english);
        QCOMPARE(QString::fromStdString(valueIn(parameter.toStdString(), value.toStdString(), Language::Chinese)), chinese);
    }
    void aWholeText()
    {
        const Text text {"{server} is silent ({how})", "{server} 无应答（{how}）"};
        const Parameters parameters {{"server", "10.96.0.10"}, {"how", "timeout"}};
        QCOMPARE(fill(text, parameters, Language::English), std::string("10.96.0.10 is silent (timeout)"));
        QCOMPARE(fill(text, parameters, Language::Chinese), std::string("10.96.0.10 无应答（超时）"));
    }
};

QTEST_GUILESS_MAIN(TestValueWords)
#include "tst_value_words.moc"
