/** WHOOP's numbers and names of sports, from the table in its developer documentation on workouts. */
const NUMBERED = `
-1 Activity; 0 Running; 1 Cycling; 16 Baseball; 17 Basketball; 18 Rowing; 19 Fencing; 20 Field Hockey;
21 Football; 22 Golf; 24 Ice Hockey; 25 Lacrosse; 27 Rugby; 28 Sailing; 29 Skiing; 30 Soccer; 31 Softball;
32 Squash; 33 Swimming; 34 Tennis; 35 Track & Field; 36 Volleyball; 37 Water Polo; 38 Wrestling; 39 Boxing;
42 Dance; 43 Pilates; 44 Yoga; 45 Weightlifting; 47 Cross Country Skiing; 48 Functional Fitness; 49 Duathlon;
51 Gymnastics; 52 Hiking/Rucking; 53 Horseback Riding; 55 Kayaking; 56 Martial Arts; 57 Mountain Biking;
59 Powerlifting; 60 Rock Climbing; 61 Paddleboarding; 62 Triathlon; 63 Walking; 64 Surfing; 65 Elliptical;
66 Stairmaster; 70 Meditation; 71 Other; 73 Diving; 74 Operations - Tactical; 75 Operations - Medical;
76 Operations - Flying; 77 Operations - Water; 82 Ultimate; 83 Climber; 84 Jumping Rope;
85 Australian Football; 86 Skateboarding; 87 Coaching; 88 Ice Bath; 89 Commuting; 90 Gaming; 91 Snowboarding;
92 Motocross; 93 Caddying; 94 Obstacle Course Racing; 95 Motor Racing; 96 HIIT; 97 Spin; 98 Jiu Jitsu;
99 Manual Labor; 100 Cricket; 101 Pickleball; 102 Inline Skating; 103 Box Fitness; 104 Spikeball;
105 Wheelchair Pushing; 106 Paddle Tennis; 107 Barre; 108 Stage Performance; 109 High Stress Work; 110 Parkour;
111 Gaelic Football; 112 Hurling/Camogie; 113 Circus Arts; 121 Massage Therapy; 123 Strength Trainer;
125 Watching Sports; 126 Assault Bike; 127 Kickboxing; 128 Stretching; 230 Table Tennis; 231 Badminton;
232 Netball; 233 Sauna; 234 Disc Golf; 235 Yard Work; 236 Air Compression; 237 Percussive Massage;
238 Paintball; 239 Ice Skating; 240 Handball; 248 F45 Training; 249 Padel; 250 Barry's;
251 Dedicated Parenting; 252 Stroller Walking; 253 Stroller Jogging; 254 Toddlerwearing; 255 Babywearing;
258 Barre3; 259 Hot Yoga; 261 Stadium Steps; 262 Polo; 263 Musical Performance; 264 Kite Boarding;
266 Dog Walking; 267 Water Skiing; 268 Wakeboarding; 269 Cooking; 270 Cleaning; 272 Public Speaking
`;

/** Slugs that are not made from the name: seen in answers of the API. */
const ODD_SLUGS: Record<string, { sportId: number | null; display: string }> = {
  weightlifting_msk: { sportId: 123, display: 'Strength Trainer' },
  foam_rolling: { sportId: 282, display: 'Foam Rolling' },
};

export interface Sport {
  /** Null: a sport that is new, or that WHOOP gives no number. */
  sportId: number | null;
  /** For people. */
  display: string;
}

const SPORTS = new Map<string, Sport>(Object.entries(ODD_SLUGS));
for (const entry of NUMBERED.split(';')) {
  const [number, ...words] = entry.trim().split(' ');
  const display = words.join(' ');
  SPORTS.set(slugOf(display), { sportId: Number(number), display });
}

/** The sport of a slug; of one that is unknown, its words with capital letters. An empty slug is an unknown sport. */
export function sportOf(slug: string): Sport {
  return SPORTS.get(slug) ?? { sportId: null, display: titleOf(slug) || 'Unknown' };
}

function slugOf(display: string): string {
  const words = display.toLowerCase().replaceAll("'", '');
  return words
    .split(/[^a-z0-9]/)
    .filter((word) => word !== '')
    .join('-');
}

function titleOf(slug: string): string {
  return slug
    .split(/[-_ ]/)
    .filter((word) => word !== '')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join(' ');
}
