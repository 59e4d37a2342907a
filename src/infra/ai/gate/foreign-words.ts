// Prose is asked for in English. A title may still talk a model into another language, where the rules for English
// figures see nothing; so numbers and units of time of other languages are refused where they are no English words.
// Written without accents, as the gate reads everything.

const NUMBERS = [
  // German
  'null eins zwei drei vier funf fuenf sechs sieben acht neun zehn zwolf zwoelf dreizehn vierzehn funfzehn sechzehn siebzehn',
  'achtzehn neunzehn zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig hundert tausend anderthalb dutzend',
  // Spanish, Portuguese, Galician, Catalan
  'cero uno una dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince dieciseis diecisiete dieciocho',
  'diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento cientos docena medio doscientos',
  'um uma dois duas quatro sete oito nove dez onze doze treze quatorze quinze dezesseis dezasseis dezessete dezoito dezenove',
  'vinte trinta quarenta cinquenta sessenta oitenta cem cento meia duzia mil vint trenta quaranta cinquanta seixanta dotze',
  // French
  'zero un une deux trois quatre cinq sept huit neuf dix douze treize seize dixsept dixhuit vingt trente quarante cinquante',
  'soixante septante huitante nonante cent cents mille demie douzaine',
  // Italian, Romanian
  'due quattro cinque sette otto dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti',
  'sessanta settanta ottanta novanta mezzo dozzina doi doua trei patru cinci sase sapte opt noua zece doisprezece',
  // Dutch, Afrikaans
  'een twee drie vijf zes zeven negen tien twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig dertig',
  'veertig vijftig zestig zeventig tachtig negentig honderd duizend anderhalf twaalfde',
  // Scandinavian, Finnish
  'ett tva fyra fem sju atta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo trettio fyrtio femtio',
  'sextio hundra tusen seks syv otte elleve tretten fjorten femten seksten sytten atten nitten tyve tredve halvtreds hundrede',
  'yksi kaksi kolme nelja viisi kuusi seitseman kahdeksan yhdeksan kymmenen kaksitoista sata tuhat',
  // Slavic, Hungarian, Turkish
  'jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec jedenascie dwanascie dwadziescia tysiac dva tri ctyri pet',
  'sest sedm osm devet deset jedenact dvanact dvadeset dvadcat pyat shest vosem desyat dvenadtsat odin chetyre egy ketto harom',
  'negy hat het nyolc kilenc tiz tizenketto husz szaz ezer bir iki dort bes alti yedi sekiz dokuz oniki yirmi otuz yuz',
  // Indonesian, Malay, Tagalog, Swahili, Vietnamese, romanized Japanese, Chinese, Korean, Hindi, Arabic
  'satu dua tiga empat lima enam tujuh delapan sembilan sepuluh belas ratus ribu isa dalawa tatlo apat anim pito walo siyam',
  'mbili tatu nne tano saba nane tisa kumi hai bon roku nana hachi kyuu juuni shier ershi liang yeol bara baarah ithna ashar',
];

const UNITS = [
  'stunde stunden minuten sekunde sekunden tage tagen woche wochen uhr prozent hora horas minuto minutos segundo segundos dia',
  'dias semana semanas porciento heure heures seconde secondes jour jours semaine semaines pourcent ora ore minuti secondi giorni',
  'settimana settimane percento uur uren minuut seconden dagen weken procent timme timmar timer sekunder dagar veckor dage uger',
  'tunti tuntia minuuttia paivaa godzina godziny godzin minut minuty dni tygodni hodina hodiny hodin dny tydnu chas chasa chasov',
  'minutu saat dakika gun hafta ora orak perc masodperc jam menit detik hari minggu oras araw jikan fenzhong xiaoshi sigan gio phut',
];

const ENGLISH_TOO = new Set(
  'null due once un um seize sept gun roku hat hot pet fem sexton quince opt bon hai jam timer ore dia gross minut perc hari zero meia trei atten isa una'.split(
    ' ',
  ),
);

/** Numbers and units of other languages, less those that are ordinary English words. */
export const FOREIGN_FIGURES: ReadonlySet<string> = new Set(
  [...NUMBERS, ...UNITS].flatMap((line) => line.split(' ')).filter((word) => !ENGLISH_TOO.has(word)),
);
