package strength

// keyboards are the rows of keys of the keyboards of the world, the digits first:
// without the shift key and, where it does not give capitals, with it. A blank is
// no key, or one that others make up for. The order of the first ones matters: see
// usual.
var keyboards = [...][4][2]string{
	// United States
	{{"`1234567890-=", "~!@#$%^&*()_+"}, {" qwertyuiop[]\\", "           {}|"}, {" asdfghjkl;'", "          :\""}, {" zxcvbnm,./", "        <>?"}},
	// Germany, Austria
	{{`^1234567890ß`, `°!"§$%&/()=?`}, {" qwertzuiopü+", "            *"}, {" asdfghjklöä#", "            '"}, {"<yxcvbnm,.-", ">       ;:_"}},
	// France
	{{`²&é"'(-è_çà)=`, ` 1234567890°+`}, {" azertyuiop^$", "           ¨£"}, {" qsdfghjklmù*", "           %µ"}, {"<wxcvbn,;:!", ">      ?./§"}},
	// Belgium, France on a Mac
	{{`@&é"'(§è!çà)-`, `#1234567890°_`}, {" azertyuiop^$", "           ¨*"}, {" qsdfghjklmù`", "           %£"}, {"<wxcvbn,;:=", ">      ?./+"}},
	// United Kingdom
	{{"`1234567890-=", `¬!"£$%^&*()_+`}, {" qwertyuiop[]", "           {}"}, {" asdfghjkl;'#", "          :@~"}, {`\zxcvbnm,./`, "|       <>?"}},
	// Spain
	{{`º1234567890'¡`, `ª!"·$%&/()=?¿`}, {" qwertyuiop`+", "           ^*"}, {" asdfghjklñ´ç"}, {"<zxcvbnm,.-", ">       ;:_"}},
	// Latin America
	{{`|1234567890'¿`, `°!"#$%&/()=?¡`}, {" qwertyuiop´+", "           ¨*"}, {" asdfghjklñ{}"}, {"<zxcvbnm,.-", ">       ;:_"}},
	// Portugal
	{{`\1234567890'«`, `|!"#$%&/()=?»`}, {" qwertyuiop+´", "           *`"}, {" asdfghjklçº"}, {"<zxcvbnm,.-", ">       ;:_"}},
	// Italy
	{{`\1234567890'ì`, `|!"£$%&/()=?^`}, {" qwertyuiopè+", "           é*"}, {" asdfghjklòàù", "          ç°§"}, {"<zxcvbnm,.-", ">       ;:_"}},
	// Sweden, Finland
	{{"§1234567890+´", "½!\"#¤%&/()=?`"}, {" qwertyuiopå¨", "            ^"}, {" asdfghjklöä'", "            *"}, {"<zxcvbnm,.-", ">       ;:_"}},
	// Denmark; Norway
	{{"½1234567890+´", "§!\"#€%&/()=?`"}, {" qwertyuiopå"}, {" asdfghjklæø"}},
	{{}, {}, {" asdfghjkløæ"}},
	// Switzerland
	{{"§1234567890'^", "°+\"*ç%&/()=?`"}, {" qwertzuiopü"}, {" asdfghjklöä$", "          éà£"}, {"<yxcvbnm,.-", ">       ;:_"}},
	// Canada
	{{"#1234567890-=", `|!"/$%?&*()_+`}, {" qwertyuiop^¸"}, {" asdfghjkl;`"}, {" zxcvbnm,.é", "        '."}},
	// Brazil
	{{"'1234567890-=", `"!@#$%¨&*()_+`}, {" qwertyuiop´[", "           `{"}, {" asdfghjklç~]", "           ^}"}, {`\zxcvbnm,.;/`, "|       <>:?"}},
	// Turkey
	{{`"1234567890*-`, `é!'^+%&/()=?_`}, {" qwertyuiopğü"}, {" asdfghjklşi"}, {"<zxcvbnmöç.", ">         :"}},
	// Czechia
	{{`;+ěščřžýáíé=`, ` 1234567890%`}, {" qwertzuiopú)", "           /("}, {" asdfghjklů§", "          \"!"}, {`\yxcvbnm,.-`, "|       ?:_"}},
	// Slovakia
	{{`;+ľščťžýáíé=`, ` 1234567890%`}, {" qwertzuiopúä", "           /("}, {" asdfghjklô§", "          \"!"}, {`&yxcvbnm,.-`, "*       ?:_"}},
	// Hungary
	{{`0123456789öüó`, `§'"+!%/=()`}, {" qwertzuiopőú"}, {" asdfghjkléáű"}, {"íyxcvbnm,.-", "        ?:_"}},
	// Japan; its kana
	{{` 1234567890-^\`, ` !"#$%&'() =~|`}, {" qwertyuiop@[", "           `{"}, {" asdfghjkl;:]", "          +*}"}, {" zxcvbnm,./", "        <>?"}},
	{{" ぬふあうえおやゆよわほへ"}, {" たていすかんなにらせ"}, {" ちとしはきくまのりれけむ"}, {" つさそひこみもねるめ"}},
	// Russia
	{{"ё1234567890-=", ` !"№;%:?*()_+`}, {" йцукенгшщзхъ"}, {" фывапролджэ"}, {" ячсмитьбю."}},
	// Ukraine
	{{"'1234567890-=", ` !"№;%:?*()_+`}, {" йцукенгшщзхї"}, {" фівапролджє"}, {" ячсмитьбю."}},
	// Greece
	{{}, {" ;ςερτυθιοπ"}, {" ασδφγηξκλ"}, {" ζχψωβνμ"}},
	// Israel
	{{";1234567890-="}, {" /'קראטוןםפ"}, {" שדגכעיחלךף"}, {" זסבהנמצתץ"}},
	// Arabic; Persian
	{{"ذ1234567890-="}, {" ضصثقفغعهخحجد"}, {" شسيبلاتنمكط"}, {" ئءؤرىةوزظ"}},
	{{}, {" ضصثقفغعهخحجچ"}, {" شسیبلاتنمکگ"}, {" ظطزرذدپو"}},
	// Korea
	{{}, {" ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ"}, {" ㅁㄴㅇㄹㅎㅗㅓㅏㅣ"}, {" ㅋㅌㅊㅍㅠㅜㅡ"}},
	// Thailand
	{{"_ๅ/-ภถุึคตจขช", "%+๑๒๓๔ู฿๕๖๗๘๙"}, {" ๆไำพะัีรนยบล", " ๐\"ฎฑธํ๊ณฯญฐ,"}, {" ฟหกดเ้่าสวง", " ฤฆฏโฌ็๋ษศซ."}, {" ผปแอิืทมใฝ", " ()ฉฮฺ์?ฒฬฦ"}},
	// Dvorak
	{{}, {" ',.pyfgcrl/="}, {" aoeuidhtns-"}, {" ;qjkxbmwvz"}},
	// Colemak
	{{}, {" qwfpgjluy;"}, {" arstdhneio'"}, {" zxcvbkm,./"}},
}
