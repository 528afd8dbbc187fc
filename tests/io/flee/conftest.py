"""A small Flee input folder, invented, that every test may spoil in its own way."""

import pytest

DAYS = 40
INPUT = {
    "locations.csv": """\
#name,region,country,latitude,longitude,location_type,conflict_date,population
Alpha,North,Mali,16.0,-3.0,conflict_zone,0,20000
Beta,North,Mali,15.5,-2.0,conflict_zone,3,10000
Gamma,South,Mali,15.0,-1.0,town,,
Post,West,Niger,14.8,0.0,forwarding_hub,,
Camp One,West,Niger,14.5,1.0,camp,,5000
Camp_Two,East,Burkina_Faso,14.0,-1.0,camp,,3000
""",
    "routes.csv": """\
#name1,name2,distance,forced_redirection
Alpha,Beta,140,
Beta,Gamma,140,
Gamma,Post,130,
Post,Camp One,130,2
Gamma,Camp_Two,130,0
""",
    "closures.csv": """\
#closure_type,name1,name2,closure_start,closure_end
country,Mali,Burkina_Faso,5,20
camp,Camp One,,0,4
""",
    "sim_period.csv": f"StartDate,2020-01-01\nLength,{DAYS}\n",
    "conflicts.csv": "#Day,Alpha,Beta,Gamma,Post,Camp One,Camp_Two,\n"
    + "".join(f"{day},1,{int(day >= 3)},0,0,0,0\n" for day in range(DAYS)),
    "registration_corrections.csv": "Camp One,2020-02-01,normalize\n",
}
SOURCE = {
    "data_layout.csv": "total,refugees.csv\nCamp One,nig-one.csv,nig-one-outside.csv\nCamp_Two,bf-two.csv\n",
    "refugees.csv": "2020-01-01,0\n2020-01-20,1000\n2020-02-05,2000\n",
    "nig-one.csv": "2020-01-01,0\n2020-01-10,400\n2020-02-02,500\n",
    "nig-one-outside.csv": "2020-01-01,0\n2020-01-10,100\n2020-02-05,150\n",
    "bf-two.csv": "2020-01-01,0\n2020-01-20,300\n2020-02-05,350\n",
}


class Folder:
    """A folder of a case; its files can be spoilt."""

    def __init__(self, root):
        self.root = root
        for name, text in INPUT.items():
            self.write(name, text)
        for name, text in SOURCE.items():
            self.write(name, text)

    def path(self, name):
        return self.root / ("input_csv" if name in INPUT else "source_data") / name

    def write(self, name, content):
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def text(self, name):
        return self.path(name).read_text(encoding="utf-8")

    def edit(self, name, old, new):
        assert old in self.text(name), (name, old)
        self.write(name, self.text(name).replace(old, new, 1))

    def add(self, name, rows):
        self.write(name, self.text(name) + rows)


@pytest.fixture
def case(tmp_path):
    """A sound Flee folder."""
    return Folder(tmp_path / "valley")
