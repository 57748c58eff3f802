package pii
import ("testing";"fmt";"bufio";"os";"encoding/json";"github.com/madoguchi/madoguchi/knowledge")
func TestZZ(t *testing.T){
 f,_:=os.Open(os.Getenv("GOLD")); sc:=bufio.NewScanner(f); sc.Buffer(nil,1<<24)
 type span struct{Start,End int; Category,Text,Level string}
 tp,fp,fn:=map[string]int{},map[string]int{},map[string]int{}
 loose:=map[string]bool{"family":true,"health":true,"finances":true,"employer":true,"location":true,"age":true,"gender":true}
 for sc.Scan(){ var r struct{ID,Text string; Spans []span}; json.Unmarshal(sc.Bytes(),&r)
  rs:=[]rune(r.Text); _ = rs
  gold:=map[string]bool{}
  for _,s:=range r.Spans{ b:=len(string(rs[:s.Start])); e:=len(string(rs[:s.End])); gold[fmt.Sprintf("%d-%d-%s-%s",b,e,s.Category,s.Text)]=true}
  got:=map[string]bool{}
  for _,x:=range Find(r.Text){ got[fmt.Sprintf("%d-%d-%s-%s",x.Span.Start,x.Span.End,knowledge.Parent(x.Category),x.Text)]=true}
  cat:=func(k string)string{ var a,b int; var c string; fmt.Sscanf(k,"%d-%d-%s",&a,&b,&c); for i:=range c{ if c[i]=='-'{return c[:i]}}; return c}
  miss:=""
  for k:=range gold{ if got[k]{tp[cat(k)]++}else{fn[cat(k)]++; miss+="  - MISS "+k+"\n"}}
  for k:=range got{ if !gold[k]{fp[cat(k)]++; miss+="  + FALSE "+k+"\n"}}
  if miss!="" && os.Getenv("SHOW")!="" {fmt.Println(r.ID, r.Text); fmt.Print(miss)}
 }
 T,F,N:=0,0,0
 for _,c:=range knowledge.Categories(){k:=string(c.ID); if tp[k]+fp[k]+fn[k]==0{continue}; fmt.Printf("%-18s tp %3d fp %3d fn %3d\n",k,tp[k],fp[k],fn[k]); if !loose[k]{T+=tp[k];F+=fp[k];N+=fn[k]}}
 p:=float64(T)/float64(T+F); q:=float64(T)/float64(T+N); fmt.Printf("structured p %.3f r %.3f f1 %.3f\n",p,q,2*p*q/(p+q))
}
