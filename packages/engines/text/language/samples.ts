/**
 * What the languages that share a script look like: the first article of the Universal Declaration of Human Rights (United Nations 1948) and
 * the words that are met most often, by ISO 639-1 code.
 */
export const samples: Readonly<Record<string, string>> = {
  en: `All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.
    the of and to in is you that it he was for on are as with his they I at be this have from or one had by but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first been call who its now find long down day did get come made may part the is this that with have where what please thank we would`,
  de: `Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen.
    der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei ich wir ihr Sie mein kann haben können ihre wenn dann schon gibt alle immer hier heute bitte danke wo was wer Tag Jahr gut viel sehr`,
  fr: `Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.
    de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son aux ou cette nous comme mais ont tout leur été ces bien elle vous je on était fait sans être entre même aussi peut deux après où si moi mon très ses faire d'un n'est c'est j'ai qu'il l'on bonjour merci avoir jour année`,
  it: `Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.
    di e il la che in a per un è del non sono una i con si da come le dei nel al gli alla più ma della anche ha lo o se questo delle ci su mi suo ho essere dal sua perché io cosa molto tutti quando era ne sia stato fare solo tutto fatto noi loro due anni prima dove oggi grazie buongiorno nella sulla degli dell'anno c'è quello`,
  es: `Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.
    de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo ese ahora cada vida otro después gracias señor día hoy hola usted mucho`,
  pt: `Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência, devem agir uns para com os outros em espírito de fraternidade.
    de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos elas havia seja qual será nós tenho obrigado hoje dia então são`,
  nl: `Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.
    de van het een en in is dat op te zijn met voor niet aan er die hij ik was als ook maar om bij dan nog naar heeft ze wel door je uit tot over worden kan geen hebben wij wat we zou moet dit deze meer al mijn werd zo haar veel jaar hem kunnen toch onder nu zich onze goed twee waar alles mensen vandaag dank u heel hier`,
  sv: `Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft och samvete och bör handla gentemot varandra i en anda av broderskap.
    och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år under också efter eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket än här då sedan över bara in blir upp även vad få två vill ha många hur mer går sverige kronor detta nya procent skall hon mig dig honom henne ingen varför tack idag`,
  da: `Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og samvittighed, og de bør handle mod hverandre i en broderskabets ånd.
    og i at det er en til af på de for den med der som ikke har et jeg om du var han vi men så fra kan skal hun eller sig ved også da nu være efter op være hvad når havde blev ud over hans blive mere alle år man denne meget hvor hvis mig dig ind noget kun sin nogle uden under mod selv får går bliver ville kom hvordan hvorfor tak i dag af dem`,
  no: `Alle mennesker er født frie og med samme menneskeverd og menneskerettigheter. De er utstyrt med fornuft og samvittighet og bør handle mot hverandre i brorskapets ånd.
    og i det er på som en til å av for at med de ikke den har jeg om et men var vi seg så han fra kan skal hun eller ved også nå være etter opp hva når hadde ble ut over hans bli mer alle år man denne mye hvor hvis meg deg inn noe bare sin noen uten under mot selv får går blir ville kom hvordan hvorfor takk i dag dem fikk sier etter før må veldig ikke`,
  fi: `Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.
    ja on ei että se hän oli mutta ovat kun joka myös niin sen mukaan kuin vain tai jos olla mitä nyt hänen jo ole minä sinä me te he tämä sitten vielä kaikki voi kanssa ollut ennen jälkeen koska hyvä paljon vuoden vuonna asti sekä siitä mikä missä miksi kuka kiitos tänään minun pitää olen oletko tulee`,
  et: `Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt. Neile on antud mõistus ja südametunnistus ja nende suhtumist üksteisesse peab kandma vendluse vaim.
    ja on ei et see ta oli kui ka aga mis oma seda ning kes siis nii või välja pole mina sina meie teie nad kõik juba veel võib olla pärast enne selle mida kus miks aasta väga hea palju ainult aitäh täna tema nende peab saab`,
  pl: `Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.
    w i na z do się nie że o jest to po od za jak przez dla ale tym był tak roku co jego są a czy może już tylko także które który być która jej ich przed przy gdy bardzo ma mnie ten oraz ze pan pani można było jako tego ja ty my wy oni gdzie kiedy dlaczego dziękuję dzień dobry dziś więcej wszystko teraz tutaj`,
  cs: `Všichni lidé se rodí svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím a mají spolu jednat v duchu bratrství.
    a se v na je že to s z do o i ve k jako za si pro jsem by ale od po co tak jak podle které který není jsou být až byl jeho při už jen nebo která bylo byla také tím více aby tento když bude má před my vy oni kde kdy proč děkuji dnes dobrý den všechno teď tady ještě`,
  sk: `Všetci ľudia sa rodia slobodní a sebe rovní, čo sa týka ich dôstojnosti a práv. Sú obdarení rozumom a majú navzájom jednať v bratskom duchu.
    a sa v na je že to s z do o aj vo k ako za si pre som by ale od po čo tak podľa ktoré ktorý nie sú byť až bol jeho pri už len alebo ktorá bolo bola tiež tým viac aby tento keď bude má pred my vy oni kde kedy prečo ďakujem dnes dobrý deň všetko teraz tu ešte`,
  sl: `Vsi ljudje se rodijo svobodni in imajo enako dostojanstvo in enake pravice. Obdarjeni so z razumom in vestjo in bi morali ravnati drug z drugim kakor bratje.
    in je v na se da za so z ki pa s tudi ne po od kot bi o bo ali še do iz že pri ko lahko to sem ni le bil biti več jih ga zelo kaj kje kdaj zakaj hvala danes dober dan vse zdaj tukaj ker če njegov leta`,
  hr: `Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima. Ona su obdarena razumom i sviješću i trebaju jedna prema drugima postupati u duhu bratstva.
    i je u na se da su za o s od a koji ne što kao iz do će bi ili te koje koja biti ali po nije samo bio godine sve još već više može prema ima nakon tako ako gdje kada zašto hvala danas dobar dan sada ovdje jer njegov vrlo bilo`,
  hu: `Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek.
    a az és hogy nem is egy ez van volt de meg csak mint már ha azt még el vagy kell lesz nagyon minden ki mert aki után szerint pedig ami lehet én te ő mi ti ők hol mikor miért köszönöm ma jó nap most itt több magyar évben között által`,
  ro: `Toate ființele umane se nasc libere și egale în demnitate și în drepturi. Ele sunt înzestrate cu rațiune și conștiință și trebuie să se comporte unele față de altele în spiritul fraternității.
    de și în a la cu să nu pe că din o este un pentru care mai sunt au fost dar se am ce ca după fi prin ai când foarte anul sau lui lor era aceasta acest fără până între noi voi ei unde cum mulțumesc astăzi bună ziua toate acum aici iar dacă avea fiind`,
  tr: `Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.
    ve bir bu da de için ile çok olarak daha o ne en olan gibi ki kadar sonra var değil olduğu ama her ben sen biz siz onlar mı diye iki yok şey veya kendi göre nasıl neden nerede teşekkür bugün iyi gün şimdi burada bana büyük yıl oldu olur`,
  id: `Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka dikaruniai akal dan hati nurani dan hendaknya bergaul satu sama lain dalam semangat persaudaraan.
    yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena tersebut bisa ada mereka lebih kata tahun sudah atau saat oleh menjadi orang ia telah adalah seperti sebagai bahwa dapat para harus namun kita dua satu masih hari hanya apa bagaimana mengapa terima kasih kami anda belum`,
  vi: `Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. Mọi con người đều được tạo hoá ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình anh em.
    và của là có không được cho trong một người các này đã với những khi để tôi đến từ như ra ở về cũng thì mà sẽ làm nhiều bạn năm anh phải đó còn chúng sau vào nước lại gì tại sao cảm ơn hôm nay rất việc`,
  ca: `Tots els éssers humans neixen lliures i iguals en dignitat i en drets. Són dotats de raó i de consciència, i han de comportar-se fraternalment els uns amb els altres.
    de la i el que a en els les per un una amb del és no al es va més com ha o seva però són seu aquest aquesta també dels pel fer molt anys ser quan hi perquè ja tot entre sense on avui gràcies bon dia això ara aquí jo tu nosaltres vostè van estat`,
  lv: `Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās. Viņi ir apveltīti ar saprātu un sirdsapziņu, un viņiem jāizturas citam pret citu brālības garā.
    un ir ar par no uz ka kas tas bet nav arī vai pie tikai to kā bija viņš viņa mēs jūs es lai pēc ļoti jau vēl gan gada kur kad kāpēc paldies šodien labdien viss tagad šeit`,
  lt: `Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė ir jie turi elgtis vienas kito atžvilgiu kaip broliai.
    ir yra į kad su iš tai bet ne jis ji mes jūs aš buvo kaip apie po už nuo tik dar jau labai metų kur kada kodėl ačiū šiandien laba diena viskas dabar čia savo gali jo`,
  ru: `Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.
    и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой что год от так о для ты же все тот мочь вы человек такой его сказать только или ещё бы себя один как уже до время если сам когда другой вот говорить мой знать стать при чтобы дело жизнь кто очень где почему спасибо сегодня здравствуйте был было были есть нет`,
  uk: `Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства.
    і в не на з що а до та у як це він вона ми ви вони я за по від його але або для про так є був була було бути також який яка яке які коли якщо дуже ще вже тільки можна де чому дякую сьогодні добрий день усе тепер тут після років цей ця щоб`,
  bg: `Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и съвест и следва да се отнасят помежду си в дух на братство.
    на и в за да от се не е с по са че като до които но ще това този тази той тя те ние вие аз или при беше има след само още може много вече бъде който която как къде кога защо благодаря днес добър ден всичко сега тук`,
  sr: `Сва људска бића рађају се слободна и једнака у достојанству и правима. Она су обдарена разумом и свешћу и треба једни према другима да поступају у духу братства.
    и је у на се да су за о од а који не што као из до ће би или те које која бити али по није само био године све још већ више може према има након тако ако где када зашто хвала данас добар дан сада овде јер његов веома било`,
  ar: `يولد جميع الناس أحرارا متساوين في الكرامة والحقوق، وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا بروح الإخاء.
    في من على إلى أن هذا التي الذي عن مع هو هي ما لا كان كل بعد قد كما بين أو ذلك هذه لم أنا نحن أنت هم حيث عند قبل إذا ثم اليوم شكرا كيف لماذا أين`,
  fa: `تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند. همه دارای عقل و وجدان می‌باشند و باید نسبت به یکدیگر با روح برادری رفتار کنند.
    و در به از که این را با است برای آن یک خود تا کرد بر هم نیز گفت می شود او ما شما آنها من شد بود پس اگر یا چه چرا کجا امروز سپاس خواهد کنند دارد های`,
  ur: `تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔ انہیں ضمیر اور عقل ودیعت ہوئی ہے۔ اس لیے انہیں ایک دوسرے کے ساتھ بھائی چارے کا سلوک کرنا چاہیے۔
    کے میں کی ہے اور سے کا کو اس نے پر یہ کہ ہیں ایک بھی تھا وہ ہو کر تھے گیا نہیں لیے ہم آپ میں کیا کیوں کہاں آج شکریہ تھی رہا گا`,
  hi: `सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।
    के में की है और से का को इस पर यह ने कि हैं एक भी था वह हो कर थे गया नहीं लिए हम आप मैं क्या क्यों कहाँ आज धन्यवाद`,
  mr: `सर्व मानवी व्यक्ती जन्मतः स्वतंत्र आहेत व त्यांना समान प्रतिष्ठा व समान अधिकार आहेत. त्यांना विचारशक्ती व सदसद्विवेकबुद्धी लाभलेली आहे व त्यांनी एकमेकांशी बंधुत्वाच्या भावनेने आचरण करावे.
    आणि आहे या ते होते हा ही तर पण मी तुम्ही आम्ही काय का कुठे आज धन्यवाद नाही करून झाले त्या`,
  ne: `सबै व्यक्तिहरू जन्मजात स्वतन्त्र हुन् ती सबैको समान अधिकार र महत्व छ। निजहरूमा विचार शक्ति र सद्विचार भएकोले निजहरूले आपसमा भातृत्वको भावनाबाट व्यवहार गर्नु पर्छ।
    र छ को मा लाई यो त्यो हो थियो भने पनि म तपाईं हामी के किन कहाँ आज धन्यवाद छैन गरेको भएको`,
}

/** Scripts that one language, or one above all, is written in: range of characters and language. */
export const scripts: readonly (readonly [pattern: RegExp, language: string])[] = [
  [/[\u0370-\u03ff\u1f00-\u1fff]/g, 'el'],
  [/[\u0590-\u05ff]/g, 'he'],
  [/[\u0e00-\u0e7f]/g, 'th'],
  [/[\u10a0-\u10ff]/g, 'ka'],
  [/[\u0530-\u058f]/g, 'hy'],
  [/[\uac00-\ud7af\u1100-\u11ff]/g, 'ko'],
  [/[\u3040-\u30ff]/g, 'ja'],
  [/[\u4e00-\u9fff\u3400-\u4dbf]/g, 'zh'],
  [/[\u0980-\u09ff]/g, 'bn'],
  [/[\u0b80-\u0bff]/g, 'ta'],
  [/[\u0c00-\u0c7f]/g, 'te'],
  [/[\u0a80-\u0aff]/g, 'gu'],
  [/[\u0a00-\u0a7f]/g, 'pa'],
  [/[\u1200-\u137f]/g, 'am'],
  [/[\u0c80-\u0cff]/g, 'kn'],
  [/[\u0d00-\u0d7f]/g, 'ml'],
]
