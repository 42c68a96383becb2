package strength

import "strings"

// pinyin is how the characters of most Chinese names sound, in both forms.
var pinyin = func() map[rune]string {
	table := map[rune]string{}
	fields := strings.Fields("an 安 bai 白柏 bin 斌彬 bo 波博 cai 蔡 cao 曹 chang 常 chao 超 chen 陈陳晨辰 cheng 程成诚 chun 春 cui 崔 dai 戴 dan 丹 de 德 deng 邓鄧 " +
		"ding 丁 dong 董东東冬 du 杜 duan 段 fan 范凡 fang 方芳房 fei 飞菲 feng 冯馮峰凤枫 fu 傅福付 gang 刚 gao 高 gong 龚 gu 顾 guang 光广 gui 桂贵 guo 郭国國 hai 海 " +
		"han 韩韓涵 hao 郝浩豪 he 何贺和 hong 红洪宏虹 hou 侯 hu 胡虎 hua 华華花 huang 黄黃 hui 辉慧惠 jia 贾佳家嘉 jian 建健剑 jiang 江蒋蔣姜 jie 杰洁 jin 金锦 jing 静靜晶京敬 " +
		"jun 军俊君 juan 娟 kai 凯 kang 康 kong 孔 kun 坤 lai 赖 lan 兰蓝 lei 雷磊蕾 li 李丽麗黎力立莉利 lian 莲 liang 梁亮良 liao 廖 lin 林琳 ling 玲凌灵 liu 刘劉柳 long 龙龍 " +
		"lu 卢盧陆露 luo 罗羅 lv 吕 ma 马馬 mao 毛 mei 梅美 meng 孟梦 min 敏民 ming 明 na 娜 ning 宁 pan 潘 peng 彭鹏 ping 平萍 qian 钱倩 qiang 强 qiao 乔 qin 秦琴 qing 青清庆 " +
		"qiu 邱秋 ran 然 ren 任仁 rong 荣 rui 瑞 shan 山 shao 邵 shen 沈 sheng 生胜 shi 石史诗 shu 淑 si 思 song 宋松 su 苏蘇 sun 孙孫 tan 谭 tang 唐汤 tao 涛 tian 田天 ting 婷 " +
		"wan 万 wang 王汪旺 wei 魏伟偉卫薇 wen 文雯 wu 吴吳武 xia 夏霞 xian 贤 xiao 萧小晓肖 xie 谢謝 xin 欣新鑫心 xiong 熊 xiu 秀 xu 徐许許旭 xuan 轩 xue 薛雪 yan 颜严燕艳岩 " +
		"yang 杨楊洋阳 yao 姚 ye 叶葉 yi 易怡一 yin 尹 ying 英颖莹 yong 勇永 yu 于余宇玉雨 yuan 袁元 yue 月悦 yun 云 zeng 曾 zhang 张張章 zhao 赵趙 zhen 珍 zheng 郑鄭正 zhi 志智 " +
		"zhong 钟 zhou 周 zhu 朱 zi 子梓 zou 邹")
	for i := 0; i < len(fields); i += 2 {
		for _, r := range fields[i+1] {
			table[r] = fields[i]
		}
	}
	return table
}()

// appendPinyin is a rewriter of Chinese characters.
func appendPinyin(to []rune, r rune) ([]rune, bool) {
	sound, known := pinyin[r]
	return appendString(to, sound), known
}
