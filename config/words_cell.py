"""Sentences about the cells of a contractor's point table; `column` names the column. See messages.py."""

from collections.abc import Mapping
from typing import Final

CELL_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # Cells
    "table-merged": (
        "{column}的单元格是合并的，每个测点要有自己的内容；请取消合并并逐行填写",
        "the cell of {column} is merged, but each point needs its own; unmerge it and fill every row",
    ),
    "table-formula": (
        "{column}是公式（{value}），文件里没有存它的结果；请用 Excel 打开并保存，或选择性粘贴为数值",
        "{column} holds a formula ({value}) without its result; save it in Excel, or paste as values",
    ),
    "table-date": (
        "{column}的“{value}”被 Excel 当成了日期（如 1-5 变成 1月5日）；请把该列设为文本格式后重新填写",
        "Excel made a date of {column}: {value} (1-5 is 5 January); format it as text and write it again",
    ),
    "table-error-value": (
        "{column}是公式错误 {value}；请在 Excel 中改正",
        "{column} holds the formula error {value}; mend it in Excel",
    ),
    "table-not-a-number": (
        "{column}的“{value}”不是数字；请填数字",
        "'{value}' in {column} is no number; write one",
    ),
    "table-not-a-whole-number": (
        "{column}的“{value}”不是整数；请填整数",
        "'{value}' in {column} is no whole number; write one",
    ),
    "table-row-nameless": (
        "这一行既没有位号也没有名称；请至少填一个",
        "this row has neither tag nor name; write at least one",
    ),
    "table-id-unreadable": (
        "{column}的“{value}”不能作编号；请用小写字母、数字和连字符（如 plc-1），或用 --map 不用这一列",
        (
            "'{value}' in {column} cannot be an id; use small letters, digits and hyphens (plc-1), or --map "
            "the column to note"
        ),
    ),
    "table-connection-missing": (
        "没有写连接；请加 --connection 编号（配置文件 connections 下的名称），或在表里加“连接”或“IP地址”列",
        (
            "no connection is named; add --connection ID (its name under connections in the plant file), or "
            "a column connection or ip"
        ),
    ),
    "table-host-is-url": (
        "{column}的“{value}”是网址；这里只写主机，例如 {host}，端口另写一列 port",
        "'{value}' in {column} is a URL; write the address alone, e.g. {host}, and the port in a column port",
    ),
    "table-host-with-port": (
        "{column}的“{value}”含有端口；这里只写 {host}，{port} 另写一列 port（或加 --set port={port}）",
        (
            "'{value}' in {column} holds a port as well; write {host} here and {port} in a column port, or "
            "add --set port={port}"
        ),
    ),
    "table-host-wrong": (
        "{column}的“{value}”不是 IP 地址；请写成例如 192.168.10.20（四段，每段 0 到 255，前面不补 0）",
        (
            "'{value}' in {column} is no IP address; write for example 192.168.10.20, four numbers from 0 to "
            "255 without leading zeros"
        ),
    ),
    "table-port-outside": (
        "{column}的端口 {value} 不在 {least} 到 {most}；请改正",
        "the port {value} in {column} is not within {least} to {most}; correct it",
    ),
    "table-station-missing": (
        "没有写站号；请补上，或对整个表加 --set station=1（合并单元格另存为 CSV 后下面各行会变空）",
        (
            "the unit id is missing; write it, or --set station=1 for the whole table (merged cells saved "
            "as CSV leave empty rows)"
        ),
    ),
    "table-station-outside": (
        "{column}的站号 {value} 不在 0 到 {most}；请按设备拨码填写",
        "the unit id {value} in {column} is not within 0 to {most}; write what is set at the device",
    ),
    # Address
    "table-address-missing": (
        "没有写地址；请补上，或删除这一行",
        "the address is missing; write it, or delete the row",
    ),
    "table-address-unreadable": (
        (
            "{column}的“{value}”不是 Modbus 地址；请向承包商要寄存器号，如 40011 或 0x000A"
            "（D100、VW10、DB1 是 PLC 内部地址）"
        ),
        (
            "'{value}' in {column} is no Modbus address; ask the contractor for the register's number, e.g. "
            "40011 or 0x000A (D100, VW10, DB1 are addresses inside a PLC)"
        ),
    ),
    "table-address-hex": (
        "{column}的“{value}”像是十六进制但没有标明；请写成 0x{value}，或把列名改为“地址(hex)”",
        "'{value}' in {column} looks hexadecimal; write 0x{value}, or name the column address(hex)",
    ),
    "table-address-0x": (
        "{value} 可能是十六进制，也可能是线圈（表里还有 1x、3x、4x 写法）；请写成 00001 式或 000AH 式",
        (
            "{value} may be hexadecimal or a coil (the table also has 1x, 3x or 4x); write a coil as 00001, "
            "hexadecimal as 000AH"
        ),
    ),
    "table-address-ambiguous": (
        (
            "地址 {value} 有两种读法：{one}，报文地址 {first}；{other}，报文地址 {second}。"
            "这样的共 {count} 行；请问清后加 --address-base {one_base} 或 --address-base {other_base}"
            "（可用 edge-agent probe 看现场数值）"
        ),
        (
            "the address {value} reads in two ways: {one}, {first} on the wire; {other}, {second} on the "
            "wire. {count} rows are so; find out, then add --address-base {one_base} or --address-base "
            "{other_base} (edge-agent probe shows what stands there)"
        ),
    ),
    "table-address-not-modicon": (
        "地址 {value} 不是 40001 式（0、1、3、4 开头的五位或六位数）；请改正，或改用 --address-base 0 或 1",
        (
            "the address {value} is not in the 40001 style (five or six digits that begin with 0, 1, 3 or "
            "4); correct it, or use --address-base 0 or 1"
        ),
    ),
    "table-address-other-table": (
        "地址 {value} 指的是 {named} 区，这一行却写 {said} 区；请核对功能码和地址",
        "the address {value} names the table {named}, but the row says {said}; check which is right",
    ),
    "table-address-outside": (
        "地址 {value} 按 {base} 计数超出了 0 到 65535；请核对地址和 --address-base",
        "counted by {base}, the address {value} lies outside 0 to 65535; check it and --address-base",
    ),
    "table-address-span": (
        "地址 {value} 的寄存器个数与类型 {type} 不符（应为 {registers} 个）；请核对",
        "the registers of {value} do not fit the type {type}, which takes {registers}; check both",
    ),
    "table-addresses-differ": (
        "两列地址不一致：{value} 与 {other}；请核对，两列应指同一个寄存器",
        "the two columns of addresses disagree: {value} and {other}; make them name one register",
    ),
    "table-area-missing": (
        "地址 {value} 没有写功能码或寄存器区；请补上，或对整个表加 --set function=3",
        "neither function code nor table is given for {value}; write it, or --set function=3 for all",
    ),
    "table-area-unknown": (
        "{column}的“{value}”不是寄存器区；可选：{known}",
        "'{value}' in {column} is no register table; choose one of: {known}",
    ),
    "table-area-differs": (
        "功能码读的是 {read} 区，寄存器区却写 {area}；请核对",
        "the function code reads the table {read}, but the row says {area}; check which is right",
    ),
    "table-function-unknown": (
        "{column}的“{value}”不是读功能码；请写 1、2、3 或 4",
        "'{value}' in {column} is no reading function code; write 1, 2, 3 or 4",
    ),
    "table-function-writes": (
        "{column}的 {value} 是写功能码，网关只读不写；请写读它用的功能码，例如 3",
        "function code {value} in {column} writes, the gateway only reads; write the one that reads, e.g. 3",
    ),
    # Type
    "table-type-missing": (
        "地址 {value} 没有写数据类型；请补上，或对整个表加 --set type=float32（probe 可以帮助判断）",
        "the data type of {value} is missing; write it, or --set type=float32 for all (see probe)",
    ),
    "table-type-unknown": (
        "{column}的“{value}”不是数据类型；可选：{known}",
        "'{value}' in {column} is no data type; choose one of: {known}",
    ),
    "table-type-unknown-near": (
        "{column}的“{value}”不是数据类型；是不是要写“{nearest}”？可选：{known}",
        "'{value}' in {column} is no data type; did you mean '{nearest}'? There are: {known}",
    ),
    "table-type-ambiguous": (
        "{column}的“{value}”没有说有无符号；请写 {signed}（有符号）或 {unsigned}（无符号）",
        "'{value}' in {column} does not say whether it is signed; write {signed} or {unsigned}",
    ),
    "table-length-missing": (
        (
            "字符串没有写长度；请加一列“长度(寄存器)”或“长度(字节)”，或把类型写成 STRING[20]（20 个字符，"
            "占 10 个寄存器），或加 --set length=10（寄存器个数）"
        ),
        (
            "nothing says how long the text is; add a column length(registers) or length(bytes), or write "
            "the type STRING[20] (20 characters in 10 registers), or --set length=10 (registers)"
        ),
    ),
    "table-length-unit": (
        (
            "长度 {value} 没有说是寄存器个数还是字节数（{half} 个寄存器）；"
            "请把列名写成“长度(寄存器)”或“长度(字节)”"
        ),
        (
            "the length {value} may count registers, or bytes ({half} registers); name the column "
            "length(registers) or length(bytes)"
        ),
    ),
    "table-length-outside": (
        "字符串长度不在 1 到 {most} 个寄存器之内；请改正",
        "a text takes 1 to {most} registers; correct its length",
    ),
    "table-length-unreadable": (
        "{column}的“{value}”不是长度；请写例如 10、20字节、10寄存器",
        "'{value}' in {column} is no length; write for example 10, 20 bytes, 10 registers",
    ),
    "table-length-differs": (
        "{column}的“{value}”是 {registers} 个寄存器，类型里写的却是 {other} 个；请核对，只留一个",
        "'{value}' in {column} is {registers} registers, the type says {other}; keep the right one",
    ),
    "table-datatype-differs": (
        "{column}的“{value}”是 {datatype}，最后一列却写 datatype: {other}；请核对，只留一个",
        "'{value}' in {column} is {datatype}, but the last column says datatype: {other}; keep the right one",
    ),
    "table-bit-of-node": (
        "OPC UA 节点不能取其中一位，{column}的“{value}”不起作用；请改用服务器上单独的开关量节点，或删除位号",
        (
            "no single bit of an OPC UA node is read, so '{value}' in {column} has no effect; name the "
            "switch's own node, or delete the bit"
        ),
    ),
    "table-scale-of-node": (
        (
            "OPC UA 服务器给出的已是工程值，{column}的“{value}”不起作用；请删除，"
            "或用 --map 列名=note 不用这一列；数值确实要换算时，请在服务器上设置"
        ),
        (
            "an OPC UA server sends the value itself, so '{value}' in {column} has no effect; delete it, or "
            "--map the column to note; a value that must be scaled is scaled at the server"
        ),
    ),
    "table-range-of-no-number": (
        "类型是 {datatype}，{column}却有量程“{value}”；请核对类型，或删除量程",
        "the type is {datatype}, but {column} has the range {value}; check the type, or delete the range",
    ),
    "table-type-in-bit-table": (
        "{table} 区每个地址只有一位；请把类型改为 bit，或核对功能码",
        "in the table {table} an address is one bit; write the type bit, or check the function code",
    ),
    "table-order-unknown": (
        "{column}的“{value}”不是字节顺序；可选：{known}",
        "'{value}' in {column} is no byte order; choose one of: {known}",
    ),
    "table-order-ambiguous": (
        "{column}的“{value}”可指只换字（CDAB）或字节全反（DCBA）；请写 CDAB 或 DCBA（probe 列出各种读法）",
        (
            "'{value}' in {column} has two meanings, words swapped (CDAB) or all bytes reversed (DCBA); "
            "write which (probe shows every reading)"
        ),
    ),
    "table-order-differs": (
        "{column}写 {order}，数据类型里却写 {other}；请核对",
        "{column} says {order}, but the data type says {other}; check which is right",
    ),
    "table-order-missing": (
        (
            "有 {count} 个占多个寄存器的数没有写字序，高字在前（ABCD）还是低字在前（CDAB）都常见；"
            "请查手册，或用 edge-agent probe --registers 看哪种读数对，再加“字序”列，"
            "或写 --set order=ABCD、--set order=CDAB"
        ),
        (
            "{count} numbers of several registers have no byte order, and high word first (ABCD) is as usual "
            "as low word first (CDAB); look into the manual or at edge-agent probe --registers, then add a "
            "column byte order, or --set order=ABCD or --set order=CDAB"
        ),
    ),
    "table-bit-missing": (
        "寄存器里的开关量没有写第几位；请加“位”列，或把地址写成 40001.3",
        "a switch in a register needs its bit; add a column bit, or write the address as 40001.3",
    ),
    "table-bit-of-bit": (
        "{table} 区每个地址只有一位，不用再写第几位；请删除",
        "in the table {table} an address is one bit; delete the bit's number",
    ),
    "table-bit-of-number": (
        "{type} 占整个寄存器，不能再取其中一位；请核对类型，或删除位号",
        "{type} takes whole registers, not one bit; check the type, or delete the bit",
    ),
    "table-bit-outside": (
        "第 {bit} 位不存在，位从 0 到 15；位从 1 数起时请加 --bit-base 1",
        "there is no bit {bit}, they count from 0 to 15; if the table counts from 1, add --bit-base 1",
    ),
    # Numbers
    "table-unit-unknown": (
        "不认识{column}的单位“{value}”；已知单位：{known}。确实要用时加 --keep-unit {value}",
        "the unit '{value}' in {column} is not known ({known}); correct it, or add --keep-unit {value}",
    ),
    "table-unit-unknown-near": (
        (
            "不认识{column}的单位“{value}”；是不是要写“{nearest}”？确实要用时加 --keep-unit {value}；"
            "已知单位：{known}"
        ),
        (
            "the unit '{value}' in {column} is not known; did you mean '{nearest}'? If it is right, add "
            "--keep-unit {value}; known are: {known}"
        ),
    ),
    "table-unit-differs": (
        "单位写 {unit}，量程里却写 {of_range}；请核对",
        "the unit is {unit}, but the range says {of_range}; check which is right",
    ),
    "table-range-unreadable": (
        "{column}的“{value}”不是量程；请写成例如 0~1.6 或 -50~150",
        "'{value}' in {column} is no range; write for example 0~1.6 or -50~150",
    ),
    "table-range-impossible": (
        "{column}的量程下限 {low} 不小于上限 {high}；请核对（可能上下限写反了）",
        "the range's lower end {low} in {column} is not below its upper end {high}; check both",
    ),
    "table-range-half": (
        "量程只写了一端；请补上另一端",
        "only one end of the range is given; write the other",
    ),
    "table-scale-zero": (
        "{column}的倍率为 0 会使读数恒为 0；请填实际倍率，例如 0.1",
        "with a factor of 0 in {column} every value is 0; write the real one, e.g. 0.1",
    ),
    "table-scale-differs": (
        "倍率、除数、小数位互相矛盾（{scale} 与 {other}）；请只留一个",
        "factor, divisor and decimals contradict each other ({scale} and {other}); keep one",
    ),
    "table-scale-large": (
        (
            "倍率 {scale} 按“数值 = 原始值 × {scale}”处理，共 {count} 行；"
            "如果厂家是把数值放大后传送，请写 /{scale}"
        ),
        (
            "the factor {scale} is taken as value = raw number × {scale}, in {count} rows; if the device "
            "sends the value enlarged, write /{scale}"
        ),
    ),
    "table-decimals-outside": (
        "{column}的小数位 {value} 不在 0 到 9；请改正",
        "{value} decimal places in {column} are not within 0 to 9; correct it",
    ),
    "table-period": (
        "{column}的周期“{value}”不对；请带上单位，例如 1 s，或把列名改为“采集周期(s)”",
        "the period '{value}' in {column} is not right; write its unit, 1 s, or name the column period(s)",
    ),
    "table-extra-unreadable": (
        (
            "{column}的“{value}”不是 YAML 映射；请写成例如 {{modbus: {{sentinels: [32768]}}, "
            "rules: {{hi: {{on_delay: 3 s}}}}}}"
        ),
        (
            "'{value}' in {column} is no YAML mapping; write for example {{modbus: {{sentinels: [32768]}}, "
            "rules: {{hi: {{on_delay: 3 s}}}}}}"
        ),
    ),
}
