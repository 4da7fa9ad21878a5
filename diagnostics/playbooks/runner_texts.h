// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"

/// The reasons that the machine itself gives, in both languages (the core knows no translator).
namespace medic::playbooks::reason {

inline const Text notNeeded {"Not needed here: its condition does not hold.", "此处不需要：前提条件不成立。"};
inline const Text automatic {"The program answered by itself, from what was found.", "程序根据检查结果自行作答。"};
inline const Text answered {"The engineer answered.", "由工程师回答。"};
inline const Text goesOn {"Done; goes on to the next step.", "已完成，进入下一步。"};
inline const Text undecided {"Could not be decided from what is known.", "现有信息不足以判定。"};
inline const Text engineerDecides {"The engineer decided where the program could not.", "程序无法判定，由工程师决定。"};
inline const Text nothingToDo {"There is no place where this would have to be done.", "没有需要执行此操作的对象。"};
inline const Text notLive {"A recorded incident: nothing can be measured now.", "这是已录制的事件，现在无法测量。"};
inline const Text noWaiting {"A recorded incident: there is nothing to wait for.", "这是已录制的事件，无需等待。"};
inline const Text declined {"The engineer did not want it.", "工程师选择不执行。"};
inline const Text verified {"Done, and its verification holds.", "已执行，验证通过。"};
inline const Text notVerified {"Done, but its verification does not hold.", "已执行，但验证未通过。"};
inline const Text notVerifiable {"Done, but it could not be verified.", "已执行，但无法验证。"};
inline const Text commandFailed {"The command failed.", "命令执行失败。"};
inline const Text rolledBack {"It did not work and was rolled back.", "未达到效果，已回滚。"};
inline const Text notRolledBack {"It did not work; the engineer did not roll it back.", "未达到效果；工程师未执行回滚。"};
inline const Text byHand {"The engineer ran the command himself.", "工程师已自行执行该命令。"};
inline const Text interrupted {"The program was ended while the command ran: its result is not known.", "命令执行期间程序被终止：结果未知。"};
inline const Text reached {"What was waited for has come about.", "等待的条件已满足。"};
inline const Text notReached {"The time is over, what was waited for has not come about.", "等待时间已到，条件仍未满足。"};
inline const Text cameBack {"It came back while it was watched.", "观察期间问题再次出现。"};
inline const Text timeOver {"The time is over.", "等待时间已到。"};
inline const Text notWaited {"The engineer did not want to wait longer.", "工程师选择不再等待。"};
inline const Text circular {"The wizard goes in circles and was stopped.", "向导出现循环，已停止。"};
inline const Text wentBack {"The engineer went back to this step.", "工程师返回到这一步。"};
inline const Text overruled {"The engineer overruled the program.", "工程师否决了程序的判断。"};
inline const Text finished {"The wizard is finished.", "向导已结束。"};
inline const Text symptomChanged {"The symptom has changed: other findings than before. A linked incident is proposed.",
                                  "症状已变化：出现了新的发现项。建议新建一个关联事件。"};
inline const Text goOn {"Go on without deciding", "不作判定，继续"};
inline const Text again {"Check again", "重新检查"};
inline const Text noControlPlane {"No control-plane node is known to run it on.", "没有已知的控制平面节点可以执行。"};
inline const Text differs {"The two nodes differ.", "两个节点不一致。"};
inline const Text same {"The two nodes agree.", "两个节点一致。"};

} // namespace medic::playbooks::reason
