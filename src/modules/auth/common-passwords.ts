/**
 * The commonest passwords of eight characters and more, in lower case (shorter ones are refused anyway), as they
 * recur in the published yearly lists of leaked passwords.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `12345678 123456789 1234567890 12345678910 123456789a 123456789q a123456789 q123456789 87654321 987654321 0987654321
  9876543210 0123456789 01234567 11111111 111111111 1111111111 00000000 000000000 0000000000 22222222 33333333 44444444
  55555555 66666666 77777777 88888888 888888888 99999999 999999999 12121212 123123123 123123123a 1231231234 123321123
  1234512345 12341234 11223344 1122334455 112233445566 12344321 123454321 1234554321 123456123 123456123456 123456abc
  12345abc 1234abcd 123qweasd 123qweasdzxc 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 q1w2e3r4
  q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc qazwsx123 zaq12wsx zaq1zaq1 1234qwer qwer1234 qwerty12 qwerty123 qwerty1234
  qwerty12345 qwerty123456 qwertyui qwertyuiop qwertyuiop123 qwerty789 asdfghjk asdfghjkl asdfasdf asdf1234 asdfqwer
  zxcvbnm1 zxcvbnm123 zxcvbnm, 1234567q 1234567a 12345qwert qweasdzxc qweqweqwe qwe123qwe qweasd123 poiuytrewq
  mnbvcxz1 azertyui azertyuiop azerty123 password password1 password2 password3 password9 password12 password123
  password1234 password12345 password! password1! password123! password@123 password@1 pass1234 pass12345 pass@123
  passw0rd passw0rd1 passw0rd! p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword p@ssword1 p@$$w0rd pa$$w0rd pa55word
  passpass passport passwort passwort1 motdepasse contrasena contraseña senha123 parola123 haslo123 adobe123
  photoshop admin123 admin1234 admin12345 admin123456 administrator adminadmin admin@123 root1234 rootroot toor1234
  letmein1 letmein123 letmein! welcome1 welcome12 welcome123 welcome1! welcome@123 changeme changeme1 changeme123
  default1 temp1234 temppass test1234 test12345 testtest testing1 testing123 guest123 guest1234 user1234 username
  secret12 secret123 supersecret iloveyou iloveyou1 iloveyou2 iloveyou! iloveu123 loveme123 loveyou1 lovelove
  sunshine sunshine1 princess princess1 princesa football football1 baseball baseball1 basketball soccer123 hockey123
  superman superman1 spiderman batman123 starwars starwars1 pokemon1 pokemon123 minecraft fortnite playstation
  nintendo computer computer1 internet internet1 samsung1 samsung123 whatever whatever1 trustno1 dragon123 monkey123
  master123 shadow123 michael1 michelle jennifer jennifer1 jonathan victoria veronica benjamin samantha charlie1
  jordan23 jessica1 ashley123 daniel123 anthony1 liverpool liverpool1 arsenal1 chelsea1 barcelona juventus mercedes
  ferrari1 corvette mustang1 harley12 cowboys1 yankees1 steelers lakers24 freedom1 blessed1 jesus123 jesuschrist
  christian hello123 hello1234 helloworld goodluck butterfly chocolate chocolate1 elephant dolphins flowers1 family123
  friends1 forever1 babygirl babygirl1 blink182 metallica slipknot nirvana1 linkinpark eminem123 summer123 summer2024
  summer2025 winter123 winter2024 winter2025 spring2024 spring2025 autumn2024 autumn2025 google123 facebook facebook1
  linkedin instagram youtube1 qwerty1! abcd1234 abc12345 abc123456 abcdefgh abcdefg1 abcdefghi abcabcabc aaaaaaaa
  aa123456 aa12345678 a1234567 a12345678 a1b2c3d4 a1b2c3d4e5 ab123456 abc123abc asd123456 asdasdasd zxc123456 zxczxczxc
  q1234567 qq123456 woaini1314 woaini520 5201314520 147258369 147852369 159357258 159753456 789456123 741852963
  963852741 321654987 369258147 135792468 13579246 24681012 31415926 69696969 10203040 102030405060 20202020
  19841984 19851985 20002000 01010101 10101010 11111112 12345679 123456780 123456781 12345678a 12345678q 1234567891
  12345678901 123456789123 1234567899 88888889 access14 access123 dragonball naruto123 warcraft worldofwarcraft
  counterstrike killer123 matrix123 mypassword mypassword1 mysecret nopassword nothing1 money123 onepiece peanut123
  pepper123 phoenix1 pineapple purple123 rainbow1 ranger12 redsox04 scooby12 silver12 skywalker snickers snoopy12
  stargate swordfish thomas12 thunder1 tigger12 tinkerbell vampire1 william1 windows1 wolverine zaqwsxcde zxcasdqwe`
    .trim()
    .split(/\s+/),
);
